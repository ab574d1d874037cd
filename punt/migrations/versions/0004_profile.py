"""pictures of people, and what is known of their sessions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import punt.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_picture_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_picture")),
    )
    with op.batch_alter_table("picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_picture_hash"), ["hash"], unique=False)
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("picture_hash", sa.String(length=64), nullable=True))
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("used_at", punt.database.Timestamp(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("agent", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("address", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        for name in ("address", "agent", "used_at"):
            batch_op.drop_column(name)
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_column("picture_hash")
    op.drop_table("picture")
