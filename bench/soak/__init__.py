"""Storms and a long run against a real server, judged at the end: ``python -m bench.soak [STORM …]``."""
