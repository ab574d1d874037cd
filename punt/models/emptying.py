"""Deleting rows by the thousand, some at a time, so that the database answers others in between.

Nobody is told of them one by one: whoever calls this says what became of the whole.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

BATCH = 500


def delete_slowly(connection: sa.Connection, model: Any, *which: sa.ColumnElement[bool]) -> None:
    """Delete what matches of a model that has an ``id``, with what goes by the database's own cascades."""
    some = sa.select(model.id).where(*which).limit(BATCH)
    while connection.execute(sa.delete(model).where(model.id.in_(some))).rowcount == BATCH:
        pass  # the next statement lets others have their turn
