"""What is submitted about people: setting up, signing in, your own profile."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from punt.heavy.passwords import weakness
from punt.inputs.base import INK, Color, Id, Input, Name50, Name80, OneLine, Rule, Whole, named, within_blanks
from punt.language import _
from punt.models import Role
from punt.models.api_token import Scope
from punt.models.texts import UNSEEN, folded

_NONE = INK + UNSEEN
_ADDRESS = within_blanks(rf"[^@{_NONE}]{{1,64}}@[^@.{_NONE}]+(\.[^@.{_NONE}]+)*")
_EMAIL = re.compile(rf"[^@\s{UNSEEN}]{{1,64}}@[^@\s.{UNSEEN}]+(\.[^@\s.{UNSEEN}]+)*")


def _email(value: str) -> str:
    address = folded(value)  # which may be longer
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise ValueError(_("This does not look like an email address."))
    return address


def _strong(value: str) -> str:
    if problem := weakness(value):
        raise ValueError(problem)
    return value


def _no_wild_characters(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        raise ValueError(_("Use letters, digits, _ and - only."))
    return value


def _lowered(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


Username = Annotated[str, StringConstraints(min_length=3, max_length=30), Rule(_no_wild_characters, "^[A-Za-z0-9_-]+$")]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), OneLine, Rule(_email, _ADDRESS)]


NewPassword = Annotated[str, StringConstraints(min_length=12, max_length=200), AfterValidator(_strong)]
ARole = Annotated[Role, BeforeValidator(_lowered)]
TypedPassword = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Setup(Input):
    """The first admin."""

    NONE_WHEN_EMPTY: ClassVar = ("email",)

    username: Username
    name: Name80
    email: Email | None = None
    password: NewPassword


class Login(Input):
    """An attempt to sign in, by user name or email."""

    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254), named(254)]
    password: TypedPassword


class Profile(Input):
    """What people change about themselves."""

    NONE_WHEN_EMPTY: ClassVar = ("email", "language")

    name: Name80 = Field(None)  # type: ignore[assignment]
    email: Email | None = None
    language: Literal["en", "de"] | None = None
    avatar_color: Color = Field(None)  # type: ignore[assignment]


class NewMember(Input):
    """Somebody to add to a project."""

    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30), OneLine]
    role: ARole


class MemberChange(Input):
    """A member's new role."""

    role: ARole


class PasswordChange(Input):
    """A new password, with the old one as proof."""

    current_password: TypedPassword
    new_password: NewPassword


class Presence(Input):
    """What a page reports that has a project open: which ticket it is editing, if any."""

    ticket_id: Id | None = None


class NewApiToken(Input):
    """A token for your own programs."""

    NONE_WHEN_EMPTY: ClassVar = ("expiresInDays",)

    name: Name50
    scope: Scope = Scope.READ
    expires_in_days: Annotated[int, Field(ge=1, le=3650), Whole] | None = None
