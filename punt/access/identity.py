"""Who is asking: a person with a session or an API token, and whether they administer this server."""

from __future__ import annotations

import sqlalchemy as sa
from flask import g
from flask_login import current_user

from punt.database import db
from punt.errors import Forbidden, SignInNeeded, existing
from punt.language import _
from punt.models import ApiToken, User, UserSession
from punt.models.roster import hold_admins


def credential() -> UserSession | ApiToken:
    """Return the session or API token that the request was authenticated with.

    :raises SignInNeeded: when nobody is signed in.
    """
    if not current_user.is_authenticated:
        raise SignInNeeded
    found: UserSession | ApiToken = current_user._get_current_object()
    return found


def own_session() -> UserSession:
    """Return the session of the current user; API tokens cannot reach what needs it.

    :raises SignInNeeded: when nobody is signed in.
    :raises Forbidden: when they used an API token.
    """
    found = credential()
    if not isinstance(found, UserSession):
        raise Forbidden(_("An API token may not do this. Sign in with a browser."))
    return found


def user() -> User:
    """Return the current user.

    :raises SignInNeeded: when nobody is signed in.
    """
    return credential().user


def own_sign_in(session_id: str) -> UserSession:
    """Load one of the current user's sessions.

    :raises Missing: when there is none, or it is somebody else's.
    """
    own, found = own_session(), db.session.get(UserSession, session_id)
    return existing(found if found and found.user_id == own.user_id else None, "Session")


def own_token(token_id: str) -> ApiToken:
    """Load one of the current user's API tokens.

    :raises Missing: when there is none, or it is somebody else's.
    """
    own, found = own_session(), db.session.get(ApiToken, token_id)
    return existing(found if found and found.user_id == own.user_id else None, "API token")


def admin() -> User:
    """Return the current user, only if they administer this server.

    :raises SignInNeeded: when nobody is signed in.
    :raises Forbidden: for anybody else.
    """
    person = own_session().user
    if not person.is_admin:
        raise Forbidden(_("Only administrators of this server may do this."))
    return person


def person(user_id: str) -> User:
    """Load any person, for a system admin."""
    admin()
    return existing(db.session.get(User, user_id), "Person")


def person_to_change(user_id: str) -> User:
    """Load anybody as :func:`person` does; nobody else changes them, or who is admin, until the commit."""
    hold_as_admin()
    wanted = sa.select(User).where(User.id == user_id).with_for_update(key_share=True)
    return existing(db.session.scalar(wanted.execution_options(populate_existing=True)), "Person")


def hold_as_admin() -> None:
    """Continue only while the current user administers this server; nobody else ends that until the commit."""
    if admin().id not in hold_admins():
        raise Forbidden(_("You are no administrator of this server any more."))


def user_anew() -> User:
    """Return the current user, authenticated again: during slow work their session may have ended.

    Everything that was loaded is stale from here on.

    :raises SignInNeeded: when it has, or now belongs to somebody else.
    """
    authenticate_again()
    return user()


def authenticate_again() -> None:
    """Have the current user authenticated when they are needed next, as if nobody had asked for them."""
    db.session.expire_all()
    g.pop("_login_user", None)


def admin_anew() -> User:
    """Return the current user, verified again to administer this server; raises what :func:`admin` does."""
    user_anew()
    return admin()


def require_to_be(user_id: str) -> None:
    """Continue only for one person: a page may still be open when somebody else has signed in in its browser.

    :raises SignInNeeded: for anybody else.
    """
    if user().id != user_id:
        raise SignInNeeded
