"""What goes out of PUNT and comes in: its own exports and backups, and files of other trackers."""
