"""First start: the one admin account that is created while there are no accounts."""

from __future__ import annotations

from punt.access.limits import caller, spend
from punt.database import before_writing
from punt.errors import Forbidden
from punt.heavy.passwords import hash_password
from punt.inputs.people import Setup
from punt.language import _
from punt.models import User
from punt.models.locks import hold_people

TRIES, WINDOW = 20, 300
"""Attempts from one address in a window of so many seconds."""


def set_up(asked: Setup) -> User:
    """Create the first admin; the caller commits.

    :raises Forbidden: when there are accounts.
    :raises TooMany: after too many attempts from this address.
    """
    _refuse_second_setup()
    with before_writing():
        spend((f"setup address {caller()}", TRIES), seconds=WINDOW)
        password_hash = hash_password(asked.password)
    hold_people()
    _refuse_second_setup()
    return User.enrol(
        username=asked.username, name=asked.name, email=asked.email, password_hash=password_hash, is_admin=True
    )


def _refuse_second_setup() -> None:
    if User.any_exist():
        raise Forbidden(_("PUNT is set up already. Please sign in."))
