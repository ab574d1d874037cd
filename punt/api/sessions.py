"""Where one is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.database import db
from punt.models import UserSession, wire
from punt.replies import nothing

blueprint = Blueprint("api_sessions", __name__, url_prefix="/api/me/sessions")


@blueprint.get("")
def index() -> Any:
    """List the own sessions, the newest first."""
    own = access.own_session()
    return [wire.session(each, own) for each in UserSession.of(own.user)]


@blueprint.delete("")
def delete_others() -> Any:
    """Sign out everywhere else."""
    own = access.own_session()
    UserSession.end_others(own)
    db.session.commit()
    return nothing()


@blueprint.delete("/<session_id>")
def delete(session_id: str) -> Any:
    """End one of the own sessions."""
    db.session.delete(access.own_sign_in(session_id))
    db.session.commit()
    return nothing()
