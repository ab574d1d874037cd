"""Accounts that people create themselves, if the site's settings allow it."""

from __future__ import annotations

from punt.access.limits import caller, in_line, spend
from punt.database import before_writing, db
from punt.errors import Forbidden
from punt.events import capture
from punt.heavy.passwords import hash_password
from punt.inputs.admin import Registration
from punt.language import _
from punt.models import SiteSetting, User

TRIES, WINDOW = 20, 3600
"""Attempts to register from one address in a window of so many seconds."""


@in_line()
def register(asked: Registration) -> User:
    """Add an account for the client; the caller commits.

    :raises Forbidden: when registration is off.
    :raises Conflict: when the user name is taken; nothing else is revealed about existing accounts.
    :raises TooMany: after too many attempts from this address.
    :raises Busy: when too many others try at this moment.
    """
    refuse_where_off()
    with before_writing():
        spend((f"register address {caller()}", TRIES), seconds=WINDOW)
        password_hash = hash_password(asked.password)
    refuse_where_off()
    person = User.enrol(username=asked.username, name=asked.name, email=None, password_hash=password_hash)
    capture.originate(db.session(), actor_id=person.id)
    return person


def refuse_where_off() -> None:
    """Continue only if registration is on, and somebody administers the server.

    :raises Forbidden: when it is off.
    """
    if not SiteSetting.site().registration or not User.any_exist():
        raise Forbidden(_("Registration is off. Ask an admin for an account."))
