"""The plain forms that end your own sessions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, url_for

from punt import access
from punt.database import db
from punt.language import _
from punt.models import UserSession
from punt.pages.context import browser

blueprint = Blueprint("sessions", __name__, url_prefix="/profile/sessions")


@blueprint.post("/end-others")
def end_others() -> Any:
    """Sign out everywhere else."""
    UserSession.end_others(access.own_session())
    db.session.commit()
    return _back(_("You are signed out everywhere else."))


@blueprint.post("/<session_id>/end")
def end(session_id: str) -> Any:
    """Sign out in one other browser."""
    session = access.own_sign_in(session_id)
    name = browser(session.agent) if session.agent else _("that browser")
    session.end()
    db.session.commit()
    return _back(_("Signed out: %(name)s.", name=name))


def _back(done: str) -> Any:
    flash(done, "success")
    return redirect(url_for("profile.show", _anchor="profile-sessions"))
