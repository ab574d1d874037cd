"""Your own profile."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from punt import access
from punt.errors import Problem
from punt.inputs.base import form
from punt.inputs.people import PasswordChange, Profile
from punt.language import OFFERED, _
from punt.models import ApiToken, UserSession, wire
from punt.models.palette import AVATARS, choices
from punt.pages.forms import NOT_KEPT, errors_of, saved, typed
from punt.pages.secrets import shown_once
from punt.services.passwords import change_own
from punt.services.profile import revise
from punt.web.languages import speak_to
from punt.web.security import begins_itself

MADE = "a token that was just made"

blueprint = Blueprint("profile", __name__, url_prefix="/profile")


@blueprint.get("")
def show() -> Any:
    """Show your own profile, and a token that was just created."""
    made = shown_once(MADE) or {}
    return page(new_token=made.get("token"), new_name=made.get("name")), NOT_KEPT


@blueprint.post("")
@begins_itself
def update() -> Any:
    """Change name, email, language and colour."""
    access.user()
    with saved(lambda problem: page(typed(), errors=errors_of(problem))):
        speak_to(revise(form(Profile, request.form)))
    flash(_("Saved your profile."), "success")
    return redirect(url_for("profile.show"))


@blueprint.post("/password")
@begins_itself
def update_password() -> Any:
    """Change the password; all other sessions end."""
    access.own_session()

    def again(problem: Problem) -> str:
        return page(password_errors=errors_of(problem) if problem.details else {"currentPassword": problem.message})

    with saved(again):
        asked = form(PasswordChange, request.form)
        change_own(asked.current_password, asked.new_password)
    flash(_("Changed your password. You are signed out everywhere else, and your API tokens have ended."), "success")
    return redirect(url_for("profile.show"))


def page(values: dict[str, Any] | None = None, **shown: Any) -> str:
    """Render the page.

    :param values: input about yourself; by default the stored values.
    :param shown: errors by form, and further messages.
    """
    nothing: dict[str, Any] = {f"{form}errors": {} for form in ("", "password_", "picture_", "token_")}
    session = access.own_session()
    around = {
        "values": wire.own_user(session.user) | (values or {}),
        "languages": [{"id": code, "name": name} for code, name in OFFERED.items()],
        "token_values": {},
        "palette": choices(AVATARS),
        "sessions": [wire.session(each, session) for each in UserSession.of(session.user)],
        "tokens": [wire.api_token(each) for each in ApiToken.of(session.user)],
    }
    return render_template("profile.html", **(nothing | around | shown))
