"""Who is asking: a person with a session or an API token, and whether they administer this server."""

from __future__ import annotations

import sqlalchemy as sa
from flask import g
from flask_login import current_user

from punt.database import db
from punt.errors import Forbidden, SignInNeeded, existing
from punt.models import ApiToken, User, UserSession
from punt.models.roster import hold_admins


def credential() -> UserSession | ApiToken:
    """Return what whoever is asking proves with who they are.

    :raises SignInNeeded: when nobody is signed in.
    """
    if not current_user.is_authenticated:
        raise SignInNeeded
    found: UserSession | ApiToken = current_user._get_current_object()
    return found


def own_session() -> UserSession:
    """Return the session of whoever is asking; what needs it is out of reach of API tokens.

    :raises SignInNeeded: when nobody is signed in.
    :raises Forbidden: when they came with an API token.
    """
    found = credential()
    if not isinstance(found, UserSession):
        raise Forbidden("An API token may not do this. Sign in with a browser.")
    return found


def user() -> User:
    """Return whoever is asking.

    :raises SignInNeeded: when nobody is signed in.
    """
    return credential().user


def own_sign_in(session_id: str) -> UserSession:
    """Load one of the sessions of whoever is asking.

    :raises Missing: when there is none, or it is somebody else's.
    """
    own, found = own_session(), db.session.get(UserSession, session_id)
    return existing(found if found and found.user_id == own.user_id else None, "Session")


def own_token(token_id: str) -> ApiToken:
    """Load one of the API tokens of whoever is asking.

    :raises Missing: when there is none, or it is somebody else's.
    """
    own, found = own_session(), db.session.get(ApiToken, token_id)
    return existing(found if found and found.user_id == own.user_id else None, "API token")


def admin() -> User:
    """Return whoever is asking, only when they administer this server.

    :raises SignInNeeded: when nobody is signed in.
    :raises Forbidden: for anybody else.
    """
    person = own_session().user
    if not person.is_admin:
        raise Forbidden("Only administrators of this server may do this.")
    return person


def person(user_id: str) -> User:
    """Load anybody, for a system admin."""
    admin()
    return existing(db.session.get(User, user_id), "Person")


def person_to_change(user_id: str) -> User:
    """Load anybody as :func:`person` does, and keep others from changing them, or who is admin, until the commit."""
    hold_as_admin()
    wanted = sa.select(User).where(User.id == user_id).with_for_update(key_share=True)
    return existing(db.session.scalar(wanted.execution_options(populate_existing=True)), "Person")


def hold_as_admin() -> None:
    """Go on only while whoever is asking administers this server, and keep others from ending that until the commit."""
    if admin().id not in hold_admins():
        raise Forbidden("You are no administrator of this server any more.")


def user_anew() -> User:
    """Return whoever is asking, proved anew: after slow work their session may be over, and they another than before.

    Everything that was loaded counts as stale from here on.

    :raises SignInNeeded: when it is.
    """
    db.session.expire_all()
    g.pop("_login_user", None)
    return user()


def admin_anew() -> User:
    """Return whoever is asking, proved anew to administer this server; it raises what :func:`admin` does."""
    user_anew()
    return admin()


def require_to_be(user_id: str) -> None:
    """Go on only for one person: a page may still be open when someone else has signed in in its browser.

    :raises SignInNeeded: for anybody else.
    """
    if user().id != user_id:
        raise SignInNeeded
