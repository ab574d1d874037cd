"""What is submitted about the database as a whole, always with the user's own password again."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from punt.inputs.base import Input, OneLine
from punt.inputs.people import TypedPassword


class OwnPassword(Input):
    """The current user's password, once more."""

    your_password: TypedPassword


class Overhaul(OwnPassword):
    """Something destructive: with the phrase that confirms it."""

    phrase: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), OneLine]
