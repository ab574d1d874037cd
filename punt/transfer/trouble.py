"""What can go wrong with disk and database during an import, in words for whoever waits for it."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from punt.database import HELD_BY_OTHERS, WRITE_TIMEOUT, is_full, sqlstate
from punt.language import _, later

TROUBLE = (SQLAlchemyError, sqlite3.Error, OSError)
BUSY = later("Others held the database for more than %(seconds)s seconds. Please try again.")
FULL = later("The disk of the server is full.")


def reason(error: BaseException) -> str:
    """Return why an import failed; the error's own message is for the log, not for people.

    :param error: one of ``TROUBLE``.
    """
    if is_full(error):
        return _(FULL)
    if isinstance(error, OSError):
        return _("The server could not use its disk. It has been logged.")
    if isinstance(error, SQLAlchemyError) and sqlstate(error) in HELD_BY_OTHERS:
        return _(BUSY, seconds=round(WRITE_TIMEOUT))
    if isinstance(error, IntegrityError):
        return _("The database would not take what the file holds. It has been logged.")
    return _("The database does not answer. Please try again in a moment.")


def unsure(error: BaseException) -> bool:
    """Tell whether the database went away, perhaps at the commit: it is unknown then whether it is kept."""
    return isinstance(error, DBAPIError) and error.connection_invalidated
