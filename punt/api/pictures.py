"""Your own picture."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from punt import access
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.models import Picture, wire
from punt.services.pictures import MOST_BYTES, set_picture
from punt.web.replies import nothing
from punt.web.security import begins_itself, takes_at_most

blueprint = Blueprint("api_pictures", __name__, url_prefix="/api/me/picture")


@blueprint.put("")
@answers(shapes.OwnUser, body="image/*")
@begins_itself
@takes_at_most(MOST_BYTES)
def update() -> Any:
    """Use the body as your picture: a PNG, JPEG, WebP or GIF."""
    person = set_picture(request.get_data())
    db.session.commit()
    return wire.own_user(person)


@blueprint.delete("")
@answers(None, 204)
def delete() -> Any:
    """Remove your picture."""
    Picture.remove_from(access.user())
    db.session.commit()
    return nothing()
