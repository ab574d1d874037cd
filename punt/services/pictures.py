"""Setting your own picture."""

from __future__ import annotations

from punt import access
from punt.database import before_writing
from punt.heavy.imaging import square
from punt.models import Picture, User

MOST_BYTES = 2 * 1024 * 1024
"""Bytes of an uploaded picture."""


def set_picture(content: bytes) -> User:
    """Make a picture the current user's; the caller commits.

    :raises Invalid: when it is not a picture.
    """
    access.user()
    with before_writing():
        made = square(content)
    person = access.user_anew()
    Picture.set_for(person, made)
    return person
