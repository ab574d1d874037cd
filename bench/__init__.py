"""Measuring programs; README.md says how to run them and how to read their figures."""
