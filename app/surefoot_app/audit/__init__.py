"""Questions to the record, its timeline, the walk back from an answer to the rows, and the story for who reviews."""
