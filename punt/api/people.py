"""Everybody who has an account, for system admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request, url_for

from punt import access
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.inputs.admin import NewPerson, NewSecret, PeopleQuery, PersonChange, Proof, Removal
from punt.inputs.base import body, query
from punt.models import User, roster, wire
from punt.services import people
from punt.web.replies import nothing
from punt.web.security import begins_itself

blueprint = Blueprint("api_people", __name__, url_prefix="/api/admin/users")


@blueprint.get("")
@answers(list[shapes.Person], query=PeopleQuery, sends=("Link",))
def index() -> Any:
    """List people by user name; the next page is in a ``Link`` header."""
    access.admin()
    asked = query(PeopleQuery)
    found, more = roster.page_of(asked.q, asked.limit, asked.page)
    response = jsonify([wire.person(person) for person in found])
    if more:
        again: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"}
        response.headers["Link"] = f'<{url_for("api_people.index", page=more, **again)}>; rel="next"'
    return response


@blueprint.post("")
@answers(shapes.NewAccess, 201, body=NewPerson)
@begins_itself
def create() -> Any:
    """Add a person; a generated password is in the response, once."""
    access.admin()
    person, made = people.enrol(body(NewPerson))
    db.session.commit()
    return _with_password(person, made), 201


@blueprint.get("/<user_id>")
@answers(shapes.Person)
def show(user_id: str) -> Any:
    """Return a person."""
    return wire.person(access.person(user_id))


@blueprint.patch("/<user_id>")
@answers(shapes.Person, body=PersonChange)
def update(user_id: str) -> Any:
    """Change a person; one who is disabled is signed out everywhere."""
    person, asked = access.person_to_change(user_id), body(PersonChange)
    roster.change(person, asked.given())
    db.session.commit()
    return wire.person(person)


@blueprint.delete("/<user_id>")
@answers(None, 204, body=Removal)
@begins_itself
def delete(user_id: str) -> Any:
    """Delete a person."""
    access.person(user_id)
    people.remove(user_id, body(Removal))
    db.session.commit()
    return nothing()


@blueprint.post("/<user_id>/password")
@answers(shapes.NewAccess, body=NewSecret)
@begins_itself
def give_password(user_id: str) -> Any:
    """Set a person's password; a generated one is in the response, once."""
    access.person(user_id)
    person, made = people.give_password(user_id, body(NewSecret))
    db.session.commit()
    return _with_password(person, made)


@blueprint.put("/<user_id>/admin")
@answers(shapes.Person, body=Proof)
@begins_itself
def make_admin(user_id: str) -> Any:
    """Make a person a system admin."""
    access.person(user_id)
    person = people.make_admin(user_id, body(Proof).your_password)
    db.session.commit()
    return wire.person(person)


@blueprint.delete("/<user_id>/admin")
@answers(shapes.Person)
def unmake_admin(user_id: str) -> Any:
    """End somebody's being a system admin."""
    person = access.person_to_change(user_id)
    roster.make_admin(person, False)
    db.session.commit()
    return wire.person(person)


def _with_password(person: User, made: str | None) -> wire.Json:
    return wire.person(person) | ({"password": made} if made else {})
