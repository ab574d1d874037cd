"""The WSGI entry point: ``gunicorn wsgi:app``."""

import sys

from punt.app import create_app
from punt.settings import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))
