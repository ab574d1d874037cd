"""columns know how many tickets they have"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COUNT = 'UPDATE "column" SET ticket_count = (SELECT count(*) FROM ticket WHERE ticket.column_id = "column".id)'
NAMES = ("ticket_comes", "ticket_goes", "ticket_changes_column")

ONE_MORE = 'UPDATE "column" SET ticket_count = ticket_count + 1 WHERE id = NEW.column_id;'
ONE_LESS = 'UPDATE "column" SET ticket_count = ticket_count - 1 WHERE id = OLD.column_id;'
ELSEWHERE = "AFTER UPDATE OF column_id ON ticket FOR EACH ROW WHEN (OLD.column_id <> NEW.column_id)"
SQLITE = (
    f"CREATE TRIGGER ticket_comes AFTER INSERT ON ticket BEGIN {ONE_MORE} END",
    f"CREATE TRIGGER ticket_goes AFTER DELETE ON ticket BEGIN {ONE_LESS} END",
    f"CREATE TRIGGER ticket_changes_column {ELSEWHERE} BEGIN {ONE_LESS} {ONE_MORE} END",
)

# One update for each statement and column: a row that one transaction updates very often becomes slow to find. The
# project is looked up because PostgreSQL refuses to update a column twice whose project is gone, which a repair has to.
BY_COLUMN = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE "column" SET ticket_count = ticket_count {sign} counted.tickets
    FROM (SELECT column_id, count(*) AS tickets FROM changed GROUP BY column_id) AS counted
    WHERE id = counted.column_id AND EXISTS (SELECT FROM project WHERE project.id = "column".project_id);
    RETURN NULL;
END $$
"""
FROM_ONE_TO_ANOTHER = f"""
CREATE FUNCTION ticket_changes_column() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    {ONE_LESS}
    {ONE_MORE}
    RETURN NULL;
END $$
"""
STATEMENT = "FOR EACH STATEMENT EXECUTE FUNCTION"
POSTGRESQL = (
    BY_COLUMN.format(name="ticket_comes", sign="+"),
    BY_COLUMN.format(name="ticket_goes", sign="-"),
    FROM_ONE_TO_ANOTHER,
    f"CREATE TRIGGER ticket_comes AFTER INSERT ON ticket REFERENCING NEW TABLE AS changed {STATEMENT} ticket_comes()",
    f"CREATE TRIGGER ticket_goes AFTER DELETE ON ticket REFERENCING OLD TABLE AS changed {STATEMENT} ticket_goes()",
    f"CREATE TRIGGER ticket_changes_column {ELSEWHERE} EXECUTE FUNCTION ticket_changes_column()",
)


def upgrade() -> None:
    op.add_column("column", sa.Column("ticket_count", sa.Integer(), nullable=False, server_default="0"))
    op.execute(COUNT)
    for statement in POSTGRESQL if _is_postgresql() else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for name in NAMES:
        op.execute(f"DROP TRIGGER {name} ON ticket" if _is_postgresql() else f"DROP TRIGGER {name}")
        if _is_postgresql():
            op.execute(f"DROP FUNCTION {name}()")
    with op.batch_alter_table("column", schema=None) as batch_op:
        batch_op.drop_column("ticket_count")


def _is_postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")
