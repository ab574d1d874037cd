"""Members over the API."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.support.board import HARB
from tests.support.patterns import ID, Like


def test_the_members_are_listed_by_name_with_their_roles(bob: FlaskClient) -> None:
    members = bob.get(f"{HARB}/members").json or []

    assert [(each["user"]["username"], each["role"]) for each in members] == [
        ("adam", "admin"),
        ("alice", "owner"),
        ("bob", "member"),
        ("vera", "viewer"),
    ]
    assert members[2] == {
        "id": ID,
        "role": "member",
        "user": {
            "id": ID,
            "username": "bob",
            "name": "Bob Keller",
            "avatarColor": Like("#[0-9a-f]{6}"),
            "avatarUrl": None,
        },
    }
