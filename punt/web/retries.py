"""What was rolled back because somebody else was in the way, or because there was no room, is repeated."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from punt.database import CLASHES, begin_write, db, sqlstate
from punt.models.rank import Crowded
from punt.models.spreading import make_room

TIMES = 3
"""How many attempts a view gets before the client is told that the server is busy."""


class RetryingFlask(Flask):
    """Repeats a view when PostgreSQL ended a deadlock with it, or when a column is crowded, once that is spread.

    The whole transaction was rolled back, and the body is still there. Views that begin their transactions may
    have committed one already, so they get one attempt.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        for _ in range(TIMES - 1):
            try:
                return super().dispatch_request()
            except (OperationalError, Crowded) as error:
                if not self._passes(error) or self._begins_itself():
                    raise
                crowded = error.column_id if isinstance(error, Crowded) else None
            db.session.rollback()
            if crowded:
                make_room(crowded)
            begin_write()
        return super().dispatch_request()

    def _passes(self, error: OperationalError | Crowded) -> bool:
        return isinstance(error, Crowded) or sqlstate(error) in CLASHES

    def _begins_itself(self) -> bool:
        return hasattr(self.view_functions.get(request.endpoint or ""), "begins_itself")
