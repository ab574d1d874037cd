"""labels are found whatever the composition of their names and what these hold that is invisible"""

from __future__ import annotations

from alembic import op

from punt.models.label import settle_keys

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    settle_keys(op.get_bind())


def downgrade() -> None:
    """An older PUNT finds nearly all labels by these keys, too; what it does not find its own check mends."""
