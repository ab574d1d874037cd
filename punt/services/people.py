"""What system admins do to people that takes several steps; the caller commits.

The caller has checked permissions, too: they are checked again once passwords are hashed, and locked then.
"""

from __future__ import annotations

from punt import access
from punt.database import before_writing
from punt.errors import Invalid
from punt.heavy.passwords import hash_password
from punt.inputs.admin import NewPerson, NewSecret, Removal
from punt.language import _
from punt.models import User, roster
from punt.services.passwords import generated, shown_again


def enrol(asked: NewPerson) -> tuple[User, str | None]:
    """Add a person; return them, and their password if it was generated."""
    made = None if asked.password else generated()
    with before_writing():
        password_hash = hash_password(asked.password or made or "")
    access.admin_anew()
    access.hold_as_admin()
    person = User.enrol(username=asked.username, name=asked.name, email=asked.email, password_hash=password_hash)
    return person, made


def give_password(user_id: str, asked: NewSecret) -> tuple[User, str | None]:
    """Set a person's password; return them, and the password if it was generated."""
    made = None if asked.password else generated()
    with shown_again(asked.your_password):
        password_hash = hash_password(asked.password or made or "")
    person = access.person_to_change(user_id)
    roster.give_password(person, password_hash)
    return person, made


def make_admin(user_id: str, your_password: str) -> User:
    """Make a person a system admin."""
    with shown_again(your_password):
        pass
    person = access.person_to_change(user_id)
    roster.make_admin(person, True)
    return person


def remove(user_id: str, asked: Removal) -> str:
    """Delete a person; return their user name."""
    with shown_again(asked.your_password):
        pass
    person = access.person_to_change(user_id)
    heir = User.named(asked.heir) if asked.heir else None
    if asked.heir and heir is None:
        raise Invalid.field("heir", _("There is nobody of this name."))
    name = person.username
    roster.remove(person, heir)
    return name
