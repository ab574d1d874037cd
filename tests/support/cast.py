"""The cast of the tests: Alice owns the project HARB, Bob is a member, Charlie is an outsider."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash

from punt.database import db, writing
from punt.models import Membership, Project, Role, User, UserSession

PASSWORD = "correct horse battery"
PEOPLE = {
    "alice": "Alice Lindqvist",
    "bob": "Bob Keller",
    "charlie": "Charlie Moreau",
    "adam": "Adam Okafor",
    "vera": "Vera Novak",
    "sue": "Sue Admin",
}
ROLES = {"alice": Role.OWNER, "adam": Role.ADMIN, "bob": Role.MEMBER, "vera": Role.VIEWER}


def move_in() -> None:
    """Fill an empty database with the cast and one project."""
    password_hash = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")
    with writing():
        people = {
            username: User.enrol(
                username=username,
                name=name,
                email=f"{username}@example.org",
                password_hash=password_hash,
                is_admin=username == "sue",
            )
            for username, name in PEOPLE.items()
        }
        project = Project.create(people["alice"], key="HARB", name="Harbour website", color="#0b7a70")
        for username, role in ROLES.items():
            Membership.add(project, people[username], role)


def enrol(app: Flask, username: str) -> str:
    """Add somebody who never signs in, and return the username."""
    with app.app_context(), writing():
        User.enrol(username=username, name=username.title(), email=None, password_hash="none")
    return username


def signed_in(app: Flask, username: str) -> FlaskClient:
    """Return a client in whose browser one of the cast is signed in."""
    client = app.test_client()
    with app.app_context():
        person = User.named(username)
        assert person
        db.session.rollback()
        with writing():
            session_id = UserSession.begin(db.session.merge(person), 3600).get_id
            db.session.flush()
        own_id = session_id()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = own_id
        cookie["_fresh"] = True
    return client
