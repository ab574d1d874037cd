"""The sizes on the database page."""

from __future__ import annotations

from punt.database import Base
from punt.transfer.sizes import NAMES, NOT_SHOWN


def test_every_table_has_a_name_that_people_understand() -> None:
    assert NAMES.keys() | NOT_SHOWN == Base.metadata.tables.keys()
