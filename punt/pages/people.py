"""Everybody who has an account: finding, adding and changing them, for system admins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from punt import access
from punt.errors import Problem
from punt.inputs.admin import NewPerson, NewSecret, PeopleQuery, PersonChange, Proof, Removal
from punt.inputs.base import form, query
from punt.language import _
from punt.models import User, roster, wire
from punt.pages.forms import NOT_KEPT, errors_of, saved, typed
from punt.pages.secrets import show_once, shown_once
from punt.services import people
from punt.web.security import begins_itself

blueprint = Blueprint("people", __name__, url_prefix="/admin")


@blueprint.get("")
def index() -> Any:
    """List people."""
    access.admin()
    asked = query(PeopleQuery)
    found, more = roster.page_of(asked.q, asked.limit, asked.page)
    listed = [wire.person(person) for person in found]
    return render_template("admin/people.html", people=listed, q=asked.q, more=more, first=asked.page is None)


@blueprint.get("/people/new")
def new() -> Any:
    """Show the form for a person."""
    return _new({}, {})


@blueprint.post("/people")
@begins_itself
def create() -> Any:
    """Add a person; their page shows a generated password, once."""
    access.admin()
    with saved(lambda problem: _new(typed(), errors_of(problem))):
        person, made = people.enrol(form(NewPerson, request.form))
    return _done(person, made, _("Added %(person)s.", person=person.name))


@blueprint.get("/people/<user_id>")
def show(user_id: str) -> Any:
    """Show a person, and a password that was just generated for them."""
    person = access.person(user_id)
    made = shown_once(person.id) or {}
    return _page(person, made=made.get("password")), NOT_KEPT


@blueprint.post("/people/<user_id>")
def update(user_id: str) -> Any:
    """Change name and email."""
    with saved(_again(user_id, "profile")):
        person = access.person_to_change(user_id)
        roster.change(person, form(PersonChange, request.form).given())
    return _done(person, None, _("Saved %(person)s.", person=person.name))


@blueprint.post("/people/<user_id>/admin")
@begins_itself
def make_admin(user_id: str) -> Any:
    """Make a person a system admin."""
    access.person(user_id)
    with saved(_again(user_id, "admin")):
        person = people.make_admin(user_id, form(Proof, request.form).your_password)
    return _done(person, None, _("%(person)s is an administrator now.", person=person.name))


@blueprint.post("/people/<user_id>/no-admin")
def unmake_admin(user_id: str) -> Any:
    """End somebody's being a system admin."""
    with saved(_again(user_id, "admin")):
        person = access.person_to_change(user_id)
        roster.make_admin(person, False)
    if not access.user().is_admin:
        return redirect(url_for("projects.index"))
    return _done(person, None, _("%(person)s is no administrator any more.", person=person.name))


@blueprint.post("/people/<user_id>/password")
@begins_itself
def give_password(user_id: str) -> Any:
    """Set a person's password; their page shows a generated one, once."""
    access.person(user_id)
    with saved(_again(user_id, "password")):
        person, made = people.give_password(user_id, form(NewSecret, request.form))
    return _done(person, made, _("%(person)s has a new password and is signed out everywhere.", person=person.name))


@blueprint.post("/people/<user_id>/delete")
@begins_itself
def delete(user_id: str) -> Any:
    """Delete a person."""
    access.person(user_id)
    with saved(_again(user_id, "delete")):
        name = people.remove(user_id, form(Removal, request.form))
    flash(_("Deleted @%(name)s.", name=name), "success")
    return redirect(url_for("people.index"))


def _new(values: dict[str, Any], errors: dict[str, str]) -> str:
    access.admin()
    return render_template("admin/person_new.html", values=values, errors=errors)


def _again(user_id: str, part: str) -> Callable[[Problem], str]:
    """Show a person's page again, with the errors in one of its parts."""

    def page(problem: Problem) -> str:
        return _page(access.person(user_id), wrong={part: errors_of(problem)}, values=typed())

    return page


def _done(person: User, made: str | None, sentence: str) -> Any:
    """Go to a person's page, which shows a generated password, once."""
    if made:
        show_once(person.id, password=made)
    else:
        flash(sentence, "success")
    return redirect(url_for("people.show", user_id=person.id))


def _page(person: User, **context: Any) -> str:
    left = roster.footprint(person)
    shown = {"values": {}, "wrong": {}, "made": None} | context
    alone_in = [wire.project(project) for project in left.alone_in]
    return render_template("admin/person.html", person=wire.person(person), left=left, alone_in=alone_in, **shown)
