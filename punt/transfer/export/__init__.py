"""PUNT's own export: everything in one file, written, checked and imported."""
