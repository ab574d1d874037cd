"""What leaves PUNT and comes in: its own exports and backups, and files of other trackers."""
