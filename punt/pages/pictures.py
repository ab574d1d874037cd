"""People's pictures, and the plain forms for your own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for

from punt import access
from punt.database import db
from punt.errors import Detail, Missing, TooLarge
from punt.language import _
from punt.models import Picture
from punt.pages import profile
from punt.pages.forms import errors_of, saved
from punt.services.pictures import MOST_BYTES, set_picture
from punt.web.security import FILE_LIMIT, begins_itself, takes_at_most

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=31536000, immutable",
}
"""Harmless, whatever a browser takes it for; and the content of an address never changes."""

blueprint = Blueprint("pictures", __name__)


@blueprint.get("/avatars/<digest>.webp")
def show(digest: str) -> Response:
    """Send a picture to somebody who is signed in."""
    access.user()
    content = Picture.content_of(digest)
    if content is None:
        raise Missing("Picture")
    return Response(content, mimetype="image/webp", headers=HEADERS)


@blueprint.post("/profile/picture")
@begins_itself
@takes_at_most(FILE_LIMIT)
def update() -> Any:
    """Use a file as your picture."""
    sent = request.files.get("picture")
    with saved(lambda problem: profile.page(picture_errors=errors_of(problem))):
        set_picture(_small_enough(sent.read() if sent else b""))
    flash(_("Saved your picture."), "success")
    return redirect(url_for("profile.show"))


@blueprint.post("/profile/picture/remove")
def remove() -> Any:
    """Remove your picture."""
    Picture.remove_from(access.user())
    db.session.commit()
    flash(_("Removed your picture."), "success")
    return redirect(url_for("profile.show"))


def _small_enough(content: bytes) -> bytes:
    """Refuse a file that is too large; the form as a whole is accepted, so that it can be shown again."""
    if len(content) > MOST_BYTES:
        message = _("This is too large: at most %(most)s MB.", most=MOST_BYTES >> 20)
        raise TooLarge(message, Detail("picture", message))
    return content
