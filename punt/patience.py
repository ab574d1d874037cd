"""What PostgreSQL undid for somebody else's sake is done again."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from punt.database import CLASHES, begin_write, db, sqlstate

TIMES = 3
"""How often a view is asked in all, before whoever wanted it is told that the server is busy."""


class PatientFlask(Flask):
    """Asks a view again when its transaction lost a deadlock; all of it was undone, and its body is still there.

    Views that begin their transactions themselves may have ended one already, so they are asked once.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        for _ in range(TIMES - 1):
            try:
                return super().dispatch_request()
            except OperationalError as error:
                if sqlstate(error) not in CLASHES or self._begins_itself():
                    raise
            db.session.rollback()
            begin_write()
        return super().dispatch_request()

    def _begins_itself(self) -> bool:
        return hasattr(self.view_functions.get(request.endpoint or ""), "begins_itself")
