"""presence leases end with their session"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE, NAME = "presence_lease", "fk_presence_lease_session_id"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("session_id", sa.String(length=26), nullable=True))
        table.create_foreign_key(op.f(NAME), "user_session", ["session_id"], ["id"], ondelete="CASCADE")


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(NAME), type_="foreignkey")
        table.drop_column("session_id")
