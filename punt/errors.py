"""What can be wrong with a request, in terms of the domain.

Raise these anywhere; ``punt.web.replies`` turns them into JSON or a page, in one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from punt.language import _, later

Thing = TypeVar("Thing")

MISSED = (
    *(later("Person"), later("Session"), later("API token"), later("Project"), later("Column"), later("Label")),
    *(later("Ticket"), later("Picture"), later("Uploaded file"), later("Member")),
)
"""What may not be found."""


@dataclass(frozen=True)
class Detail:
    """One field and what is wrong with it."""

    field: str
    message: str


class Problem(Exception):
    """A request that cannot be fulfilled.

    :param message: one sentence for the person who made it.
    :param details: the fields that are wrong, if it is about fields.
    :param extra: further members of the JSON response (a stale write gets the current ticket).
    """

    status = 400

    def __init__(self, message: str, *details: Detail, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.extra = extra


class Invalid(Problem):
    """Input that violates a rule; names the field."""

    @classmethod
    def field(cls, field: str, message: str) -> Invalid:
        """Build the problem for a single field."""
        return cls(f"{field}: {message}", Detail(field, message))


class SignInNeeded(Problem):
    """Nobody is signed in."""

    status = 401

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or _("Please sign in."))


class Forbidden(Problem):
    """The person may see it, but may not do this."""

    status = 403


class Missing(Problem):
    """It does not exist, or this person may not see it: the two look the same."""

    status = 404

    def __init__(self, what: str) -> None:
        super().__init__(_("%(what)s not found.", what=_(what)))


def existing(thing: Thing | None, what: str) -> Thing:
    """Return a thing that was looked up.

    :raises Missing: when there is none.
    """
    if thing is None:
        raise Missing(what)
    return thing


class Conflict(Problem):
    """It conflicts with what already exists."""

    status = 409


class TooLarge(Problem):
    """More than is accepted."""

    status = 413


class TooMany(Problem):
    """Too many attempts.

    :param seconds: when to try again.
    """

    status = 429

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Busy(Problem):
    """The database could not take the write in time; trying again is fine."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_("The server is busy. Nothing was changed; please try again."))


class TookTooLong(Problem):
    """It would block everybody else; asking for less is fine."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_("This took too long and was stopped. Nothing was changed; please ask for less at once."))


class Away(Problem):
    """The database does not respond. Whether a write in progress was committed is unknown."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_("The database does not answer. Please try again in a moment."))


class Full(Problem):
    """There is no disk space for a write; reading continues."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_("The disk of the server is full. Nothing was changed; please try again when there is room."))
