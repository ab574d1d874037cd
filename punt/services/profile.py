"""Changing your own profile. That an email is taken reveals that somebody here has it, so attempts are limited."""

from __future__ import annotations

from punt import access
from punt.access.limits import spend
from punt.database import before_writing
from punt.inputs.people import Profile
from punt.models import User

TRIES, WINDOW = 20, 3600
"""Other emails that one person may try in a window of so many seconds."""


def revise(asked: Profile) -> User:
    """Change the current user's profile; the caller commits.

    :raises Conflict: when another person has the email.
    :raises TooMany: after too many other emails.
    """
    person = access.user()
    user_id, email = person.id, person.email
    with before_writing():
        if asked.email not in {None, email}:
            spend((f"email person {user_id}", TRIES), seconds=WINDOW)
    person = access.user_anew()
    person.present_as(name=asked.name, avatar_color=asked.avatar_color)
    if "email" in asked.model_fields_set:
        person.reach_at(asked.email)
    if "language" in asked.model_fields_set:
        person.language = asked.language
    return person
