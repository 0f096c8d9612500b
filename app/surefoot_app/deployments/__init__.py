"""What runs where: one table of places and models, and for each of them its facts, a try, a stop and a way back."""
