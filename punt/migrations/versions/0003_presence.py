"""presence leases"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import punt.database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presence_lease",
        sa.Column("project_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("tab_id", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=26), nullable=True),
        sa.Column("expires_at", punt.database.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_presence_lease_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_presence_lease_ticket_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_presence_lease_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id", "user_id", "tab_id", name=op.f("pk_presence_lease")),
    )


def downgrade() -> None:
    op.drop_table("presence_lease")
