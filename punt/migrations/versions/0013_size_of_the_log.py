"""the event log knows its size"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("event_log", "event_head")
SIZE = {"sqlite": "LENGTH(CAST(message AS BLOB))", "postgresql": "OCTET_LENGTH(message)"}
WEIGH = """
UPDATE event_log SET written = weighed.written
FROM (SELECT position, SUM({size} + 200) OVER (ORDER BY position) AS written FROM event_log) AS weighed
WHERE weighed.position = event_log.position
"""


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("written", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(WEIGH.format(size=SIZE[op.get_bind().dialect.name]))
    op.execute("UPDATE event_head SET written = COALESCE((SELECT MAX(written) FROM event_log), 0)")


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("written")
