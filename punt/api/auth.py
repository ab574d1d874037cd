"""Setting up, signing in and out, and who is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import current_user

from punt import access
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.inputs.admin import Registration
from punt.inputs.base import body
from punt.inputs.people import Login, Setup
from punt.models import User, UserSession, wire
from punt.services.registration import refuse_where_off
from punt.services.registration import register as make_account
from punt.services.setup import set_up
from punt.services.sign_in import begin_session, forget, remember, sign_in
from punt.web.replies import nothing
from punt.web.security import WORDS_LIMIT, begins_itself, takes_at_most

blueprint = Blueprint("api_auth", __name__, url_prefix="/api/auth")


@blueprint.get("/setup")
@answers(shapes.SetupState, public=True)
def setup_state() -> Any:
    """Tell whether there are any accounts yet."""
    return {"hasUsers": User.any_exist()}


@blueprint.post("/setup")
@answers(shapes.SignedIn, 201, body=Setup, public=True)
@begins_itself
@takes_at_most(WORDS_LIMIT)
def setup() -> Any:
    """Create the first admin, once, and sign them in."""
    return _signed_in(begin_session(set_up(body(Setup)))), 201


@blueprint.post("/register")
@answers(shapes.SignedIn, 201, body=Registration, public=True)
@begins_itself
@takes_at_most(WORDS_LIMIT)
def register() -> Any:
    """Create an account for yourself and sign in, if registration is on."""
    refuse_where_off()
    return _signed_in(begin_session(make_account(body(Registration)))), 201


@blueprint.post("/login")
@answers(shapes.SignedIn, body=Login, public=True)
@begins_itself
@takes_at_most(WORDS_LIMIT)
def login() -> Any:
    """Sign in by user name or email."""
    asked = body(Login)
    return _signed_in(sign_in(asked.username, asked.password))


@blueprint.post("/logout")
@answers(None, 204, public=True)
def logout() -> Any:
    """Sign out; without a session nothing happens."""
    if current_user.is_authenticated:
        access.own_session().end()
        db.session.commit()
        forget()
    return nothing()


@blueprint.get("/session")
@answers(shapes.OwnSession, public=True)
def session() -> Any:
    """Return who is signed in and until when, or nothing; never an error."""
    if not current_user.is_authenticated:
        return {}
    own = access.credential()
    return {"user": wire.own_user(own.user), "expires": wire.moment(own.expires_at)}


def _signed_in(signed_in: UserSession) -> wire.Json:
    db.session.commit()
    remember(signed_in)
    return {"user": wire.own_user(signed_in.user)}
