"""Setting up, signing in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from punt import access
from punt.addresses import inside
from punt.database import db
from punt.errors import Forbidden, Problem
from punt.inputs.base import form
from punt.inputs.people import Login, Setup
from punt.language import _
from punt.models import User
from punt.pages.forms import again, saved, typed
from punt.services.setup import set_up
from punt.services.sign_in import begin_session, forget, remember, sign_in
from punt.web.security import begins_itself
from punt.web.submissions import by_anybody

blueprint = Blueprint("auth", __name__)


@blueprint.get("/setup")
def setup() -> Any:
    """Show the form for the first admin; afterwards redirect to signing in."""
    if User.any_exist():
        return redirect(url_for("auth.login"))
    return render_template("auth/setup.html", values={}, errors={})


@blueprint.post("/setup")
@begins_itself
@by_anybody
def do_setup() -> Any:
    """Create the first admin and sign them in."""
    with saved(again("auth/setup.html")):
        try:
            signed_in = begin_session(set_up(form(Setup, request.form)))
        except Forbidden:
            return redirect(url_for("auth.login"))
    remember(signed_in)
    return redirect(url_for("projects.index"))


@blueprint.get("/login")
def login() -> Any:
    """Show the sign-in form; the very first visitor sets up instead."""
    target = local(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target)
    if not User.any_exist():
        return redirect(url_for("auth.setup"))
    return render_template("auth/login.html", values={}, error=None, next=target)


@blueprint.post("/login")
@begins_itself
@by_anybody
def do_login() -> Any:
    """Sign in and go to the page that was requested."""
    target = local(request.form.get("next"))

    def page(problem: Problem) -> str:
        sentence = _("Type your user name and your password.") if problem.details else problem.message
        return render_template("auth/login.html", values=typed(), error=sentence, next=target)

    with saved(page):
        asked = form(Login, request.form)
        signed_in = sign_in(asked.username, asked.password)
    remember(signed_in)
    return redirect(target)


@blueprint.post("/logout")
def logout() -> Any:
    """Sign out."""
    if current_user.is_authenticated:
        access.own_session().end()
        db.session.commit()
        forget()
    return redirect(url_for("auth.login"))


def local(target: str | None) -> str:
    """Return an address of this PUNT, whatever was requested."""
    if not target or "\\" in target or any(char <= " " for char in target):
        return url_for("projects.index")
    path = inside(target, request.script_root)
    is_page = path.startswith("/") and not path.startswith(("//", "/login", "/api/"))
    return f"{request.script_root}{path}" if is_page else url_for("projects.index")
