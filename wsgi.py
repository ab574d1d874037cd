"""The entry point of gunicorn (``wsgi:app``) and of the shell commands (``FLASK_APP=wsgi``)."""

import os
import sys

from punt.app import create_app
from punt.revisions import OtherVersion, refuse_newer
from punt.settings import Settings, SettingsError

os.umask(0o077)  # PUNT's files contain password hashes: they are for its user only
try:
    settings = Settings.from_environ()
    app = create_app(settings)
    if "FLASK_RUN_FROM_CLI" in os.environ:  # gunicorn checks once, before its workers start
        refuse_newer(settings)
except (SettingsError, OtherVersion) as error:
    sys.exit(str(error))
