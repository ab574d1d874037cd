"""Where you are signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.models import UserSession, wire
from punt.web.replies import nothing

blueprint = Blueprint("api_sessions", __name__, url_prefix="/api/me/sessions")


@blueprint.get("")
@answers(list[shapes.SignIn])
def index() -> Any:
    """List your own sessions, newest first."""
    own = access.own_session()
    return [wire.session(each, own) for each in UserSession.of(own.user)]


@blueprint.delete("")
@answers(None, 204)
def delete_others() -> Any:
    """Sign out everywhere else."""
    own = access.own_session()
    UserSession.end_others(own)
    db.session.commit()
    return nothing()


@blueprint.delete("/<session_id>")
@answers(None, 204)
def delete(session_id: str) -> Any:
    """End one of your own sessions."""
    access.own_sign_in(session_id).end()
    db.session.commit()
    return nothing()
