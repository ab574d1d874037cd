"""The WSGI entry point: ``gunicorn wsgi:app``."""

from punt.app import create_app

app = create_app()
