"""People."""

from __future__ import annotations

import pytest

from punt.database import writing
from punt.errors import Conflict
from punt.models import User
from tests.models.conftest import Harbour


@pytest.mark.parametrize("username", ["alice", "ALICE", "Alice"])
def test_a_user_name_is_unique_whatever_the_case(harbour: Harbour, username: str) -> None:
    with pytest.raises(Conflict) as caught, writing():
        User.enrol(username=username, name="Other", email=None, password_hash="hash")

    assert [detail.field for detail in caught.value.details] == ["username"]


def test_an_email_is_unique(harbour: Harbour) -> None:
    with pytest.raises(Conflict) as caught, writing():
        User.enrol(username="other", name="Other", email="alice@example.org", password_hash="hash")

    assert [detail.field for detail in caught.value.details] == ["email"]


def test_a_user_name_keeps_its_case_for_showing(harbour: Harbour) -> None:
    with writing():
        User.enrol(username="McKay", name="Other", email=None, password_hash="hash")

    assert harbour.person("mckay").username == "McKay"


def test_several_people_may_have_no_email(harbour: Harbour) -> None:
    with writing():
        people = [User.enrol(username=name, name=name, email=None, password_hash="x") for name in ("one", "two")]

    assert [person.email for person in people] == [None, None]


def test_a_name_with_an_at_sign_is_an_email_and_no_other_is(harbour: Harbour) -> None:
    found = [User.known_as(login) for login in ("Alice", "ALICE@example.org", "alice@", "nobody", "")]

    assert [person.username if person else None for person in found] == ["alice", "alice", None, None, None]
