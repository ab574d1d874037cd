"""Signing in and out: Flask-Login over server-side sessions."""

from __future__ import annotations

from typing import TypeVar

from flask import Flask, Request, current_app, request, session
from flask_login import LoginManager, login_user, logout_user

from punt.access import tokens
from punt.access.last_used import uses
from punt.access.limits import caller, in_line, spend
from punt.database import before_writing, db, writing
from punt.errors import Problem
from punt.events import capture
from punt.heavy.passwords import matches
from punt.language import _
from punt.models import ApiToken, AuditEntry, RateCounter, User, UserSession
from punt.models.texts import key_of
from punt.services.user_agents import called
from punt.settings import Settings
from punt.web import cookies, languages

ACCOUNT_TRIES, ADDRESS_TRIES, WINDOW = 10, 100, 300
"""Failed sign-ins allowed for one account, and from one address, in a window of so many seconds."""


Credential = TypeVar("Credential", UserSession, ApiToken)


class WrongPassword(Problem):
    """User name and password do not match; which of the two is wrong is not revealed."""

    status = 401

    def __init__(self) -> None:
        super().__init__(_("Username or password is wrong."))


def init_app(app: Flask, settings: Settings) -> None:
    """Let an app know the current user."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=settings.session_lifetime,
        SESSION_REFRESH_EACH_REQUEST=False,  # a stream's response must not set a cookie
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        RATE_LIMITS=settings.rate_limits == "on",
    )
    cookies.init_app(app)
    manager = LoginManager(app)
    manager.session_protection = None  # it would hash addresses that proxies rewrite
    manager.user_loader(_load)
    manager.request_loader(_load_by_token)


@in_line()
def sign_in(login: str, password: str) -> UserSession:
    """Check a password and begin a session for its person; the caller commits, and then calls :func:`remember`.

    :raises WrongPassword: without revealing who exists.
    :raises TooMany: after too many failures.
    :raises Busy: when too many others try at this moment.
    """
    person = User.known_as(login)
    account = f"login account {key_of(login)}"  # as typed: one for both names would reveal that they are one person's
    address = f"login address {caller()}"
    found = (person.id, person.password_hash) if person and person.is_active else (None, None)
    whose = {"subject": f"@{person.username}", "subject_id": person.id} if person else {}
    with before_writing():
        spend((account, ACCOUNT_TRIES), (address, ADDRESS_TRIES), seconds=WINDOW)
        if not matches(found[1], password):
            with writing():  # what was typed may be a password in the wrong field: it is kept only if it is a name
                AuditEntry.note("session", "failed", changes={"address": [None, request.remote_addr]}, **whose)
            raise WrongPassword
    # locked: whoever changes the password now, or disables the account, sees this session and ends it
    person = db.session.get(User, found[0], with_for_update={"read": True})
    if person is None or not person.is_active or person.password_hash != found[1]:
        raise WrongPassword
    RateCounter.forgive(account)
    RateCounter.give_back(address)
    return begin_session(person)


def begin_session(person: User) -> UserSession:
    """Begin a session for a person, and end the one that this browser had; the caller commits."""
    before = db.session.get(UserSession, session.get("_user_id", ""))
    if before is not None:
        before.end()
    lifetime = int(current_app.permanent_session_lifetime.total_seconds())
    agent = called(request.headers.get("User-Agent"))
    return UserSession.begin(person, lifetime, agent=agent, address=request.remote_addr)


def remember(signed_in: UserSession) -> None:
    """Set the cookie for a session, once it is committed: a cookie must not survive a write that failed."""
    session.clear()
    session.permanent = True
    login_user(signed_in)


def forget() -> None:
    """Remove the cookie of a session, once it has ended."""
    logout_user()
    session.clear()


def _load(session_id: str) -> UserSession | None:
    """Find the person of a cookie; it is ignored if an API token is presented."""
    found = UserSession.known_as(session_id) if tokens.shown() is None else None
    return _known(found) if found else None


def _load_by_token(_: Request) -> ApiToken | None:
    secret = tokens.shown()
    found = ApiToken.known_as(secret) if secret else None
    return _known(found) if found else None


def _known(credential: Credential) -> Credential:
    token_id = credential.id if isinstance(credential, ApiToken) else None
    capture.originate(db.session(), actor_id=credential.user_id, token_id=token_id)
    uses().note(credential)
    languages.speak_to(credential.user)
    return credential
