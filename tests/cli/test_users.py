"""``flask user``: adding people and listing them."""

from __future__ import annotations

import httpx
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db
from punt.models import User
from tests.support.server import Server

PASSWORD = "a long enough sentence"


def create(server: Server, *arguments: str) -> tuple[int, str]:
    done = server.flask("user", "create", *arguments, "--password-stdin", stdin=f"{PASSWORD}\n")
    return done.returncode, done.stdout


def sign_in(server: Server, login: str) -> httpx.Response:
    return server.client().post("/api/auth/login", json={"username": login, "password": PASSWORD})


def test_a_person_made_in_the_shell_can_sign_in_by_name_and_by_email(running: Server) -> None:
    done = create(running, "Nora", "--name", "Nora Ek", "--email", "Nora@Example.org")

    by_name, by_email = sign_in(running, "nora"), sign_in(running, "nora@example.org")
    assert done == (0, "Nora can sign in now.\n")
    assert by_name.status_code == by_email.status_code == 200
    user = by_name.json()["user"]
    assert (user["username"], user["name"], user["email"], user["isAdmin"]) == (
        "Nora",
        "Nora Ek",
        "nora@example.org",
        False,
    )


def test_a_system_admin_sees_every_project(running: Server) -> None:
    code, said = create(running, "root-1", "--admin")

    admin = running.client()
    admin.post("/api/auth/login", json={"username": "root-1", "password": PASSWORD})
    assert (code, said) == (0, "root-1 can sign in now and is a system admin.\n")
    assert "HARB" in [project["key"] for project in admin.get("/api/projects").json()]
    assert admin.get("/api/me").json()["name"] == "root-1"


def test_without_password_stdin_the_password_is_asked_for_twice(shell: Server) -> None:
    done = shell.flask("user", "create", "typed", stdin=f"{PASSWORD}\n{PASSWORD}\n")

    assert (done.returncode, PASSWORD in done.stdout) == (0, False)


@pytest.mark.parametrize(
    ("arguments", "password", "complaint"),
    [
        (["ALICE"], PASSWORD, "This username is taken."),
        (["other", "--email", "alice@example.org"], PASSWORD, "This email is taken."),
        (["other"], "short", "password: At least 12 characters."),
        (["no"], PASSWORD, "username: At least 3 characters."),
        (["no spaces"], PASSWORD, "username: Use letters, digits, _ and - only."),
        (["other", "--email", "nowhere"], PASSWORD, "email: This does not look like an email address."),
    ],
)
def test_a_person_who_cannot_be_made_is_a_clear_error(
    app: Flask, arguments: list[str], password: str, complaint: str
) -> None:
    command = ["user", "create", *arguments, "--password-stdin"]

    done = app.test_cli_runner().invoke(args=command, input=f"{password}\n")

    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"Error: {complaint}\n")
    with app.app_context():
        assert db.session.query(User).count() == 6


def test_the_list_shows_everybody_with_what_is_special(shell: Server) -> None:
    with shell.writing() as session:
        session.execute(sa.update(User).where(User.username == "charlie").values(is_active=False))

    lines = shell.flask("user", "list").stdout.splitlines()

    assert [line for line in lines if line.split("\t")[0] in {"alice", "charlie", "sue"}] == [
        "alice\tAlice Lindqvist\talice@example.org\t-",
        "charlie\tCharlie Moreau\tcharlie@example.org\tdisabled",
        "sue\tSue Admin\tsue@example.org\tadmin",
    ]


def test_a_new_password_replaces_the_old_one_and_ends_all_sessions(app: Flask, bob: FlaskClient) -> None:
    new = "four unrelated words"

    done = app.test_cli_runner().invoke(args=["user", "password", "BOB", "--password-stdin"], input=f"{new}\n")

    assert (done.exit_code, done.stdout) == (0, "bob has a new password and is signed out everywhere.\n")
    assert bob.get("/api/me").status_code == 401
    words = ("correct horse battery", new)
    answers = [bob.post("/api/auth/login", json={"username": "bob", "password": each}) for each in words]
    assert [answer.status_code for answer in answers] == [401, 200]


@pytest.mark.parametrize(
    ("name", "password", "complaint"),
    [("nobody", PASSWORD, "There is nobody called nobody."), ("bob", "short", "password: At least 12 characters.")],
)
def test_a_password_that_cannot_be_set_is_a_clear_error(app: Flask, name: str, password: str, complaint: str) -> None:
    done = app.test_cli_runner().invoke(args=["user", "password", name, "--password-stdin"], input=f"{password}\n")

    assert (done.exit_code, done.stderr) == (1, f"Error: {complaint}\n")
