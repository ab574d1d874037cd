"""Your own profile."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.inputs.base import body
from punt.inputs.people import PasswordChange, Profile
from punt.models import wire
from punt.services.passwords import change_own
from punt.services.profile import revise
from punt.web.replies import nothing
from punt.web.security import begins_itself

blueprint = Blueprint("api_me", __name__, url_prefix="/api/me")


@blueprint.get("")
@answers(shapes.OwnUser)
def show() -> Any:
    """Return your own profile."""
    return wire.own_user(access.user())


@blueprint.patch("")
@answers(shapes.OwnUser, body=Profile)
@begins_itself
def update() -> Any:
    """Change your own profile."""
    access.user()
    person = revise(body(Profile))
    db.session.commit()
    return wire.own_user(person)


@blueprint.patch("/password")
@answers(None, 204, body=PasswordChange)
@begins_itself
def update_password() -> Any:
    """Change your own password; all other sessions end."""
    access.own_session()
    asked = body(PasswordChange)
    change_own(asked.current_password, asked.new_password)
    db.session.commit()
    return nothing()
