"""Passwords of people who are signed in: confirmed before something drastic, changed, and generated for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from punt import access
from punt.access.limits import spend
from punt.database import before_writing, db, random_text
from punt.errors import Invalid, SignInNeeded
from punt.heavy.passwords import hash_password, matches
from punt.language import _
from punt.models import RateCounter, UserSession

TRIES, WINDOW = 10, 300
"""Attempts that one person has to confirm their password, in a window of so many seconds."""


@contextmanager
def shown_again(password: str, *, field: str = "yourPassword") -> Iterator[UserSession]:
    """Do slow work and begin to write, only for a person who confirms their own password.

    Failed attempts of strangers do not count against a person's own.

    :return: their session; it may be read once the transaction has begun, which is at the end of the block.
    :raises Invalid: naming the field, when it is not their password.
    :raises SignInNeeded: when their session has ended meanwhile, or their password was changed.
    :raises TooMany: after too many wrong ones.
    """
    own = access.own_session()
    session_id, known, tries = own.id, own.user.password_hash, f"proof person {own.user_id}"
    with before_writing():
        spend((tries, TRIES), seconds=WINDOW)
        if not matches(known, password):
            raise Invalid.field(field, _("This is not your password."))
        yield own
    fresh = db.session.get(UserSession, session_id, populate_existing=True)
    if fresh is None or not fresh.is_active or fresh.user.password_hash != known:
        raise SignInNeeded
    RateCounter.forgive(tries)


def change_own(current: str, new: str) -> None:
    """Change the current user's password, ending all their other sessions, and their API tokens.

    :raises Invalid: when the current one is wrong.
    """
    with shown_again(current, field="currentPassword") as own:
        new_hash = hash_password(new)
    own.user.password_hash = new_hash
    UserSession.end_all(own.user, but=own)


def generated() -> str:
    """Generate a password of 100 random bits that is easy to read out."""
    return "-".join(random_text(5) for _ in range(4))
