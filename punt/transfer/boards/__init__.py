"""Files of other trackers: read into a plan, and carried into a project."""
