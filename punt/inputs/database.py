"""What is asked of the database as a whole, always with one's own password again."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from punt.inputs.base import Input, OneLine
from punt.inputs.people import TypedPassword


class OwnPassword(Input):
    """The password of whoever asks, once more."""

    your_password: TypedPassword


class Overhaul(OwnPassword):
    """Something that destroys: with the phrase that says so."""

    phrase: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), OneLine]
