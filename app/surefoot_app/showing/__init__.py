"""How things of the library look where more than one panel shows them; panels never import each other."""
