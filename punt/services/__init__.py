"""Work that takes several steps: look, do what is slow, begin to write, look again."""
