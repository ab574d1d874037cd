"""A real gunicorn under trouble."""

import pytest

on_both = pytest.mark.parametrize("serve", ["sqlite", "postgres"], indirect=True)
"""Marks a test that runs on SQLite and on PostgreSQL."""
