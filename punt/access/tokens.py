"""Programs that present an API token, ``Authorization: Bearer …``, instead of a session.

A token is accepted for the API and for pictures only, and a request with one ignores cookies.
"""

from __future__ import annotations

from flask import request

from punt.access.limits import caller, spend, spend_within
from punt.database import end_read
from punt.errors import Forbidden, SignInNeeded
from punt.inputs.people import NewApiToken
from punt.language import _
from punt.models import ApiToken, UserSession

WHERE = ("/api/", "/avatars/")
NOT_HERE = "/api/admin"
"""What system admins have to do in person."""
TRIES, WINDOW = 100, 300
"""Wrong tokens from one address in a window of so many seconds."""
MADE, MADE_WINDOW = 40, 3600
"""Tokens that one person creates in a window of so many seconds."""


def shown() -> str | None:
    """Return the token that this request presents, if it does and tokens are accepted here."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and request.path.startswith(WHERE) else None


def issue(own: UserSession, asked: NewApiToken) -> tuple[ApiToken, str]:
    """Create a token for the person of a session, and reveal its secret this once; the caller commits.

    :raises TooMany: when this person has created too many recently.
    :raises SignInNeeded: when the session has ended meanwhile: what revokes all tokens must not miss this one.
    """
    spend_within(f"token person {own.user_id}", MADE, seconds=MADE_WINDOW)
    made = ApiToken.issue(own.user, name=asked.name, scope=asked.scope, days=asked.expires_in_days)
    if not own.goes_on():
        raise SignInNeeded
    return made


def refuse_bad_token(secret: str, *, writes: bool) -> None:
    """Continue only if a token is valid for this request; no transaction is left open.

    :raises SignInNeeded: when there is no such token, or it has ended.
    :raises TooMany: after too many wrong ones.
    :raises Forbidden: when its scope does not reach that far.
    """
    token = ApiToken.known_as(secret)
    known, may_write = token is not None, token is not None and token.may_write
    end_read()
    if not known:
        spend((f"token address {caller()}", TRIES), seconds=WINDOW)
        raise SignInNeeded(_("This API token is wrong, or has ended."))
    if writes and not may_write:
        raise Forbidden(_("This API token may only read."))
    if request.path.startswith(NOT_HERE):
        raise Forbidden(_("An API token may not do this. Sign in with a browser."))
