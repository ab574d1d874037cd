"""The entry point of gunicorn (``wsgi:app``) and of the shell commands (``FLASK_APP=wsgi``)."""

import os
import sys

from punt.app import create_app
from punt.settings import SettingsError

os.umask(0o077)  # what PUNT writes holds password hashes: it is for its user only
try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))
