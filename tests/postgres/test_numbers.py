"""Tables whose numbers the database generates continue after an import."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from punt.transfer.export.loading import continue_numbers
from tests.support.postgres import Postgres


@pytest.mark.parametrize(("present", "then"), [((), 1), ((5, 9), 10)])
def test_numbers_go_on_after_the_greatest(postgres: Postgres, present: tuple[int, ...], then: int) -> None:
    engine = sa.create_engine(postgres.database())
    table = sa.Table("Order", sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("of", sa.Text))
    with engine.begin() as connection:
        table.create(connection)
        for number in present:
            connection.execute(sa.insert(table).values(id=number))

        continue_numbers(connection, [table])

        taken = connection.execute(sa.insert(table).values(of="x").returning(table.c.id)).scalar_one()
    engine.dispose()
    assert taken == then
