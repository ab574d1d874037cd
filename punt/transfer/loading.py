"""The second pass: what was staged takes the place of everything, in one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from punt.models.wipe import wipe_everything
from punt.transfer.staging import Staging
from punt.transfer.tables import carried

BATCH = 500


def replace_everything(session: Session, staging: Staging) -> Iterator[int]:
    """Put what was staged in place of all there is, telling now and then how many rows are done.

    The caller has begun to write, and commits. A new epoch begins, nobody is signed in, and every stream hears
    ``database.wiped``.
    """
    wipe_everything(session)
    connection, done = session.connection(), 0
    for table in carried():
        rows = staging.rows(table)
        while batch := list(islice(rows, BATCH)):
            connection.execute(sa.insert(table), batch)
            done += len(batch)
            yield done
            time.sleep(0)  # let others of this process have their turn; whoever wants to write waits
