"""Every table is carried or left out on purpose, and every column of the carried ones can be."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import punt.models
from punt.database import Base
from punt.transfer.export.rules import VALUES
from punt.transfer.export.tables import CARRIED, LEFT_OUT, carried
from punt.transfer.export.values import codec_for

assert punt.models  # registers every table


def test_every_table_is_carried_or_left_out_with_a_reason() -> None:
    assert CARRIED | LEFT_OUT.keys() == Base.metadata.tables.keys()
    assert not CARRIED & LEFT_OUT.keys()
    assert all(LEFT_OUT.values())


def test_nothing_that_is_carried_refers_to_what_is_left_out() -> None:
    targets = {key.column.table.name for table in carried() for key in table.foreign_keys}

    assert targets <= CARRIED


@pytest.mark.parametrize("column", [column for table in carried() for column in table.columns], ids=str)
def test_every_column_that_is_carried_can_be_written_and_read(column: sa.Column[object]) -> None:
    assert codec_for(column)


def test_a_type_that_nobody_thought_of_is_an_error() -> None:
    with pytest.raises(TypeError, match="nothing is known of exporting"):
        codec_for(sa.Column("size", sa.Interval))


def test_every_rule_is_about_a_column_that_there_is() -> None:
    columns = {(table.name, column.name) for table in carried() for column in table.columns}

    assert VALUES.keys() <= columns
