"""The plain forms that create and revoke your own API tokens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from punt import access
from punt.access import tokens
from punt.database import db
from punt.inputs.base import form
from punt.inputs.people import NewApiToken
from punt.language import _
from punt.pages import profile
from punt.pages.forms import errors_of, saved, typed
from punt.pages.secrets import show_once

blueprint = Blueprint("tokens", __name__, url_prefix="/profile/tokens")


@blueprint.post("")
def create() -> Any:
    """Create a token, which the profile shows once."""
    own = access.own_session()
    with saved(lambda problem: profile.page(token_errors=errors_of(problem), token_values=typed())):
        asked = form(NewApiToken, request.form)
        _, secret = tokens.issue(own, asked)
    show_once(profile.MADE, token=secret, name=asked.name)
    return redirect(url_for("profile.show", _anchor="profile-tokens"))


@blueprint.post("/<token_id>/end")
def end(token_id: str) -> Any:
    """Revoke a token, ending its streams."""
    token = access.own_token(token_id)
    db.session.delete(token)
    db.session.commit()
    flash(_("Ended the API token %(token)s.", token=token.name), "success")
    return redirect(url_for("profile.show", _anchor="profile-tokens"))
