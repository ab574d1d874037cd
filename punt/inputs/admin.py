"""What admins submit: about people, the site's settings and the audit trail."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Literal

import sqlalchemy as sa
from pydantic import Field, StringConstraints

from punt.inputs.base import Day, Id, Input, Name80, OneLine, named
from punt.inputs.people import Email, NewPassword, TypedPassword, Username
from punt.models import AuditEntry

SiteName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), named(40)]
Limit = Annotated[int, Field(ge=1, le=200)]
Kind = Literal[
    "ticket", "column", "label", "project", "member", "user", "session", "token", "setting", "import", "database"
]


class PeopleQuery(Input):
    """Which people to list."""

    q: Annotated[str, Field(max_length=100), OneLine] = ""
    limit: Limit = 50
    page: Annotated[str, Field(pattern=r"^[a-z0-9_-]{3,30}$")] | None = None


class NewPerson(Input):
    """A person to add; without a password one is generated."""

    NONE_WHEN_EMPTY: ClassVar = ("email", "password")

    username: Username
    name: Name80
    email: Email | None = None
    password: NewPassword | None = None


class PersonChange(Input):
    """Changes to a person, including their access."""

    NONE_WHEN_EMPTY: ClassVar = ("email",)

    name: Name80 = Field(None)  # type: ignore[assignment]
    email: Email | None = None
    is_active: bool = Field(None)  # type: ignore[assignment]


class Proof(Input):
    """The current user's own password, once more."""

    your_password: TypedPassword


class NewSecret(Proof):
    """A new password for somebody; without one it is generated."""

    NONE_WHEN_EMPTY: ClassVar = ("password",)

    password: NewPassword | None = None


class Removal(Proof):
    """A person to delete, and who gets the projects that only they own."""

    NONE_WHEN_EMPTY: ClassVar = ("heir",)

    heir: Username | None = None


class SiteChange(Input):
    """Changes to the site's settings."""

    site_name: SiteName = Field(None)  # type: ignore[assignment]
    registration: bool = Field(None)  # type: ignore[assignment]

    def values(self) -> dict[str, Any]:
        """Return what was sent, by the names of the settings."""
        return {"name" if name == "site_name" else name: value for name, value in self.given().items()}


class Registration(Input):
    """Somebody who creates an account for themselves.

    Without an email: the response would reveal whether one is known here, which is nobody's business.
    """

    username: Username
    name: Name80
    password: NewPassword


class HistoryQuery(Input):
    """Which entries of a ticket's history to show."""

    limit: Limit = 50
    before: Annotated[int, Field(ge=1, lt=2**63)] | None = None


class AuditQuery(HistoryQuery):
    """Which audit entries to show; days are whole ones in UTC, both inclusive."""

    person: Id | None = None
    project: Id | None = None
    kind: Kind | None = None
    since: Day = None
    until: Day = None

    def entries(self) -> sa.Select[AuditEntry]:
        """Select what was requested, newest first."""
        last = self.until + timedelta(days=1) if self.until and self.until < date.max else None
        return AuditEntry.about(
            person_id=self.person,
            project_id=self.project,
            kind=self.kind,
            since=_midnight(self.since),
            until=_midnight(last),
        )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
