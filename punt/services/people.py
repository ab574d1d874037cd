"""What admins do to people that takes several steps: passwords are hashed before anything is held."""

from __future__ import annotations

from punt import access
from punt.database import begin_write, db, end_read, random_text
from punt.errors import Invalid, SignInNeeded
from punt.heavy.passwords import hash_password, matches
from punt.inputs.admin import NewPerson, NewSecret, Removal
from punt.models import RateCounter, User, UserSession, roster
from punt.services.sign_in import count_proof


def enrol(asked: NewPerson) -> tuple[User, str | None]:
    """Add a person and commit; return them, and their password if it was made here."""
    access.admin()
    end_read()
    made = None if asked.password else generated()
    password_hash = hash_password(asked.password or made or "")
    begin_write()
    access.admin_anew()
    access.hold_as_admin()
    person = User.enrol(username=asked.username, name=asked.name, email=asked.email, password_hash=password_hash)
    db.session.commit()
    return person, made


def give_password(user_id: str, asked: NewSecret) -> tuple[User, str | None]:
    """Give a person another password and commit; return them, and the password if it was made here."""
    access.person(user_id)
    end_read()
    made = None if asked.password else generated()
    password_hash = hash_password(asked.password or made or "")
    prove(asked.your_password)
    person = access.person_to_change(user_id)
    roster.give_password(person, password_hash)
    db.session.commit()
    return person, made


def make_admin(user_id: str, your_password: str) -> User:
    """Make a person a system admin and commit."""
    access.person(user_id)
    prove(your_password)
    person = access.person_to_change(user_id)
    roster.make_admin(person, True)
    db.session.commit()
    return person


def remove(user_id: str, asked: Removal) -> str:
    """Delete a person and commit; return their user name."""
    access.person(user_id)
    prove(asked.your_password)
    person = access.person_to_change(user_id)
    heir = User.named(asked.heir) if asked.heir else None
    if asked.heir and heir is None:
        raise Invalid.field("heir", "There is nobody of this name.")
    name = person.username
    roster.remove(person, heir)
    db.session.commit()
    return name


def prove(password: str) -> None:
    """Begin a writing transaction once whoever asks has shown their password again.

    :raises Invalid: when it is not their password.
    :raises TooMany: after too many wrong ones.
    """
    own = access.own_session()
    session_id, known, user_id = own.id, own.user.password_hash, own.user_id
    end_read()
    own_tries = count_proof(user_id)
    if not matches(known, password):
        raise Invalid.field("yourPassword", "This is not your password.")
    begin_write()
    fresh = db.session.get(UserSession, session_id, populate_existing=True)
    if fresh is None or not fresh.is_active or fresh.user.password_hash != known:
        raise SignInNeeded
    RateCounter.forgive(own_tries)


def generated() -> str:
    """Make a password of 100 random bits that is easy to read out."""
    return "-".join(random_text(5) for _ in range(4))
