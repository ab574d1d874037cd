"""Taking everything out into one file, and putting it back: ``docs/backup.md`` tells of it."""
