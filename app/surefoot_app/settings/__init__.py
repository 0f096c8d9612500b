"""Settings: what this desktop remembers of itself, who signs, where things lie, which keys there are."""
