"""Files of other trackers: read into a plan, which is then carried out in a project."""
