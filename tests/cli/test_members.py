"""``flask member``: adding people to projects."""

from __future__ import annotations

import pytest
from flask import Flask

from punt.database import db
from punt.models import Membership
from tests.support.listener import Listener
from tests.support.server import Server


def test_one_who_is_let_in_sees_the_project_appear(running: Server) -> None:
    charlie = running.client("charlie")

    with Listener(charlie, "/api/projects/events") as stream:
        done = running.flask("member", "add", "harb", "CHARLIE", "viewer")
        message = stream.wait_for_type("project.created")

    assert (done.returncode, done.stdout) == (0, "charlie is viewer of HARB now.\n")
    assert message["data"] == charlie.get("/api/projects/HARB").json()
    assert charlie.post("/api/projects/HARB/tickets", json={"title": "No"}).status_code == 403


def test_one_who_is_in_gets_another_role(running: Server) -> None:
    done = running.flask("member", "add", "HARB", "vera", "member")

    members = running.client("vera").get("/api/projects/HARB/members").json()
    roles = [member["role"] for member in members if member["user"]["username"] == "vera"]
    assert (done.returncode, roles) == (0, ["member"])


def test_without_a_role_it_is_that_of_a_member(shell: Server) -> None:
    done = shell.flask("member", "add", "HARB", "charlie")

    assert done.stdout == "charlie is member of HARB now.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["NONE", "bob"], 1, "There is no project NONE."),
        (["HARB", "nobody"], 1, "There is nobody called nobody."),
        (["HARB", "alice", "admin"], 1, "A project keeps at least one owner."),
        (["HARB", "bob", "king"], 2, "'king' is not one of 'owner', 'admin', 'member', 'viewer'."),
    ],
)
def test_what_cannot_be_done_is_a_clear_error(app: Flask, arguments: list[str], code: int, complaint: str) -> None:
    done = app.test_cli_runner().invoke(args=["member", "add", *arguments])

    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr.endswith(f"{complaint}\n")
    with app.app_context():
        assert db.session.query(Membership).count() == 4
