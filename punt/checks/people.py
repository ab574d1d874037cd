"""Who administers the server, who owns the projects, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import sqlalchemy as sa

from punt.checks.finding import Finding
from punt.database import db
from punt.models import ApiToken, Membership, Project, Role, User, UserSession

_CAN_SIGN_IN = sa.and_(User.is_admin, User.is_active)


def admins() -> Iterator[Finding]:
    """Find a server without an administrator, although there are people."""
    if User.any_exist() and db.session.scalar(sa.select(User.id).where(_CAN_SIGN_IN).limit(1)) is None:
        advice = "flask user create NAME --admin makes one."
        yield Finding("Nobody who can sign in is a system admin.", None, advice)


def signed_in_though_disabled() -> Iterator[Finding]:
    """Find sessions and API tokens of disabled people, which would be valid again if those were enabled."""
    for person in db.session.scalars(sa.select(User).where(~User.is_active).order_by(User.id)):
        if UserSession.of(person) or ApiToken.of(person):
            sentence = f"@{person.username} is disabled, and yet signed in somewhere."
            yield Finding(sentence, partial(_sign_out, person))


def owners() -> Iterator[Finding]:
    """Find projects without an owner."""
    owned = sa.select(Membership.project_id).where(Membership.role == Role.OWNER.value)
    for project in db.session.scalars(sa.select(Project).where(Project.id.not_in(owned)).order_by(Project.key)):
        heir = _heir(project)
        advice = f"flask member add {project.key} NAME owner makes somebody one."
        fix = partial(_hand_over, project, heir) if heir else None
        yield Finding(f"{project.key}: nobody owns it.", fix, advice)


def _heir(project: Project) -> User | None:
    """Choose who gains least by owning it: its longest-serving admin, or a system admin."""
    there = sa.and_(Membership.user_id == User.id, Membership.project_id == project.id)
    inside = sa.select(User).join(Membership, there).where(User.is_active, Membership.role == Role.ADMIN.value)
    everywhere = sa.select(User).where(_CAN_SIGN_IN).order_by(User.id)
    longest = inside.order_by(Membership.created_at, Membership.id)
    return db.session.scalar(longest.limit(1)) or db.session.scalar(everywhere.limit(1))


def _hand_over(project: Project, heir: User) -> str:
    Membership.add(project, heir, Role.OWNER)
    return f"@{heir.username} does now."


def _sign_out(person: User) -> str:
    UserSession.end_all(person)
    return "They are signed out everywhere."
