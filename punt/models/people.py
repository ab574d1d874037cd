"""The people that a board shows."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from punt.database import db
from punt.models.membership import Membership
from punt.models.ticket import Ticket
from punt.models.user import User


def those_with(ids: Sequence[str]) -> Sequence[User]:
    """List people by their ids."""
    return db.session.scalars(sa.select(User).where(User.id.in_(ids))).all()


def seen_on(project_id: str) -> Sequence[User]:
    """List the members of a project and everybody else whom its tickets name, by name."""
    ids: sa.CompoundSelect[str | None] = sa.union(
        sa.select(Membership.user_id).where(Membership.project_id == project_id),
        sa.select(Ticket.assignee_id).where(Ticket.project_id == project_id),
        sa.select(Ticket.creator_id).where(Ticket.project_id == project_id),
    )
    return db.session.scalars(sa.select(User).where(User.id.in_(ids)).order_by(User.name, User.id)).all()
