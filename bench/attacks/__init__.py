"""Attacks that try to make everybody wait: ``python -m bench.attacks [NAME …] [--postgres] [--seconds N]``."""
