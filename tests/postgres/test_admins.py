"""Two admins who would leave the server without one, at the same moment, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from punt.database import db, writing
from punt.errors import Conflict
from punt.models import AuditEntry, User, roster
from tests.support.rivals import Rival


def person(username: str) -> User:
    found = User.named(username)
    assert found
    return found


def unmake(username: str) -> None:
    roster.hold_admins()
    roster.make_admin(person(username), False)
    db.session.flush()


@pytest.fixture
def two_admins(inside: Flask) -> Iterator[Flask]:
    """Sue and Bob are system admins; afterwards only Sue is."""
    for username, admin in (("bob", True), ("sue", True)):
        with inside.app_context(), writing():
            person(username).is_admin = admin
    yield inside
    for username, admin in (("sue", True), ("bob", False)):
        with inside.app_context(), writing():
            person(username).is_admin = admin


def test_two_admins_who_unmake_each_other_at_once_leave_one(two_admins: Flask) -> None:
    first = Rival(two_admins, lambda: unmake("sue")).wait_until_worked()
    second = Rival(two_admins, lambda: unmake("bob")).wait_until_blocked()

    first.commit()

    with pytest.raises(Conflict, match="last administrator"):
        second.commit()


def test_changes_leave_one_entry_each_in_the_audit(two_admins: Flask) -> None:
    with two_admins.app_context(), writing():
        person("bob").name = "Robert Keller"
        person("vera").name = "Vera Nova"

    with two_admins.app_context():
        entries, _ = AuditEntry.page(AuditEntry.about(kind="user"), 2, None)
    assert {entry.subject for entry in entries} == {"@bob", "@vera"}
