"""The rules that a database must keep: ``flask db check`` finds where they are broken, and repairs them."""
