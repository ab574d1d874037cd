"""Accounts that people make themselves, where the site's settings allow it."""

from __future__ import annotations

from punt.access.limits import caller, in_line, spend
from punt.database import before_writing, db
from punt.errors import Forbidden
from punt.events import capture
from punt.heavy.passwords import hash_password
from punt.inputs.admin import Registration
from punt.models import SiteSetting, User

TRIES, WINDOW = 20, 3600
"""Registrations tried from one address in a window of so many seconds."""


@in_line()
def register(asked: Registration) -> User:
    """Add whoever asks; the caller commits.

    :raises Forbidden: where registration is off.
    :raises Conflict: when the user name is taken; nothing else is told of who is here.
    :raises TooMany: after too many tries from this address.
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
    """Go on only where registration is on, and somebody administers the server.

    :raises Forbidden: where it is not.
    """
    if not SiteSetting.site().registration or not User.any_exist():
        raise Forbidden("Registration is off. Ask an admin for an account.")
