"""What the rules are that a database keeps, found where they are broken, and mended: ``flask db check``."""
