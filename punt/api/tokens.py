"""Your own API tokens; only a browser in which you are signed in can create and revoke them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.access import tokens
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.inputs.base import body
from punt.inputs.people import NewApiToken
from punt.models import ApiToken, wire
from punt.web import compression
from punt.web.replies import nothing

blueprint = Blueprint("api_tokens", __name__, url_prefix="/api/me/tokens")


@blueprint.get("")
@answers(list[shapes.ApiToken])
def index() -> Any:
    """List your own tokens, newest first."""
    return [wire.api_token(each) for each in ApiToken.of(access.own_session().user)]


@blueprint.post("")
@answers(shapes.IssuedToken, 201, body=NewApiToken)
def create() -> Any:
    """Create a token; only this response contains its secret."""
    own, asked = access.own_session(), body(NewApiToken)
    token, secret = tokens.issue(own, asked)
    db.session.commit()
    compression.keep_plain()
    return {**wire.api_token(token), "token": secret}, 201


@blueprint.delete("/<token_id>")
@answers(None, 204)
def delete(token_id: str) -> Any:
    """Revoke a token, ending its streams."""
    db.session.delete(access.own_token(token_id))
    db.session.commit()
    return nothing()
