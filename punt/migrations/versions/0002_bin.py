"""bin"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import punt.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "binned_ticket",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("project_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.String(length=26), nullable=True),
        sa.Column("deleted_by_id", sa.String(length=26), nullable=True),
        sa.Column("deleted_at", punt.database.Timestamp(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["user.id"], name=op.f("fk_binned_ticket_creator_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_id"], ["user.id"], name=op.f("fk_binned_ticket_deleted_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_binned_ticket_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binned_ticket")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_binned_ticket_project_id_number")),
    )
    with op.batch_alter_table("binned_ticket", schema=None) as batch_op:
        for name in ("creator_id", "deleted_at", "deleted_by_id"):
            batch_op.create_index(batch_op.f(f"ix_binned_ticket_{name}"), [name], unique=False)


def downgrade() -> None:
    op.drop_table("binned_ticket")
