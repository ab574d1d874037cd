"""When a session or an API token was last used: noted in passing, written a little later, outside of requests."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import gevent
import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from punt.database import SKEW, is_full, now, writing
from punt.errors import Busy
from punt.events import disk
from punt.models import ApiToken, UserSession

COARSE = timedelta(minutes=5)
"""What was used this recently is not written again."""
PAUSE = 3.0
"""Seconds for which uses are collected into one transaction."""

Credential = UserSession | ApiToken
logger = logging.getLogger(__name__)


class Uses:
    """What was used in this process and has not been written yet: at most as many as are used within the pause."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._waiting: dict[tuple[str, type[Credential]], datetime] = {}

    def note(self, credential: Credential) -> None:
        """Note that something is used now, unless that is known precisely enough."""
        present = now()
        if credential.used_at and -SKEW < present - credential.used_at < COARSE:
            return
        if not self._waiting:
            gevent.spawn_later(PAUSE, self.write)
        self._waiting[credential.id, type(credential)] = present

    def write(self) -> None:
        """Write what is waiting; if that fails, the next use is noted again."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            with self._app.app_context(), writing() as session:
                for (own_id, kind), moment in sorted(waiting.items(), key=lambda item: item[0][0]):
                    change = sa.update(kind).where(kind.id == own_id).values(used_at=moment)
                    session.execute(change.execution_options(synchronize_session=False))
        except (SQLAlchemyError, Busy) as error:
            if is_full(error):
                disk.note_full()
                return
            logger.warning("when sessions and tokens were last used could not be written: %s", error)

    def stop(self) -> None:
        """Discard what is waiting: this process goes on without the app."""
        self._waiting.clear()


def init_app(app: Flask) -> None:
    """Note uses at an app."""
    app.extensions["punt_uses"] = Uses(app)


def uses() -> Uses:
    """Return the current app's notes."""
    found: Uses = current_app.extensions["punt_uses"]
    return found
