"""Deleting rows by the thousand, in batches, so that the database serves others in between.

There are no events for single rows: the caller publishes what happened to the whole.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

BATCH = 500


def delete_slowly(connection: sa.Connection, model: Any, *which: sa.ColumnElement[bool]) -> None:
    """Delete the matching rows of a model that has an ``id``, and what the database's own cascades delete."""
    some = sa.select(model.id).where(*which).limit(BATCH)
    while connection.execute(sa.delete(model).where(model.id.in_(some))).rowcount == BATCH:
        pass  # the next statement lets others have their turn
