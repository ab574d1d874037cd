"""The shapes of responses, for the API's description; ``wire`` makes them, and the API's tests compare the two."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from punt.models.api_token import Scope
from punt.models.membership import Role
from punt.models.ticket import Priority, TicketType


class Shape(BaseModel):
    """The base of all shapes: exactly these fields."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", json_schema_serialization_defaults_required=True
    )


class FieldError(Shape):
    """One field and what is wrong with it."""

    field: str
    message: str


class Error(Shape):
    """Why a request was refused."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    error: str
    details: list[FieldError] = []


class UserSummary(Shape):
    """What anyone may know about a person."""

    id: str
    username: str
    name: str
    avatar_color: str
    avatar_url: str | None


class OwnUser(UserSummary):
    """What a person sees of themselves."""

    email: str | None
    language: str | None
    is_admin: bool
    created_at: AwareDatetime


class Person(OwnUser):
    """What a system admin sees of any person."""

    is_active: bool


class NewAccess(Person):
    """A person with a generated password, which no other response contains."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    password: str = None  # type: ignore[assignment]


class SetupState(Shape):
    """Whether there are any accounts yet."""

    has_users: bool


class SignedIn(Shape):
    """Who has just signed in."""

    user: OwnUser


class OwnSession(Shape):
    """Who is signed in and until when, which is unknown for a program; empty when nobody is."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    user: OwnUser = None  # type: ignore[assignment]
    expires: AwareDatetime | None = None


class Project(Shape):
    """A project."""

    id: str
    key: str
    name: str
    description: str
    color: str
    created_at: AwareDatetime
    updated_at: AwareDatetime


class Member(Shape):
    """A person's membership of a project."""

    id: str
    role: Role
    user: UserSummary


class Column(Shape):
    """A column of a board; the leftmost has the order 0."""

    id: str
    name: str
    color: str | None
    wip_limit: int | None
    order: int


class Label(Shape):
    """A label of a project."""

    id: str
    name: str
    color: str


class Ticket(Shape):
    """A ticket; the top one of a column has the order 0."""

    id: str
    key: str
    number: int
    title: str
    description: str
    type: TicketType
    priority: Priority
    project_id: str
    column_id: str
    order: int
    rank: str
    assignee_id: str | None
    creator_id: str | None
    parent_id: str | None
    labels: list[Label]
    story_points: int | None
    estimate: str | None
    start_date: date | None
    due_date: date | None
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime


class RestoredTicket(Ticket):
    """A restored ticket, and what of it could not be restored, if anything."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    not_restored: list[FieldError] = []


class StaleTicket(Error):
    """Why a write of a ticket was refused; with the current ticket if somebody else changed it meanwhile."""

    ticket: Ticket = None  # type: ignore[assignment]


class BinnedTicket(Shape):
    """A deleted ticket."""

    id: str
    key: str
    number: int
    title: str
    type: TicketType
    creator_id: str | None
    deleted_at: AwareDatetime
    deleted_by_id: str | None


class Present(UserSummary):
    """A person who has a project open, with the tickets that they are editing."""

    ticket_ids: list[str]


class Presences(Shape):
    """Who has a project open."""

    people: list[Present]


class Hit(Shape):
    """A search result; a project has no type."""

    kind: Literal["project", "ticket"]
    id: str
    key: str
    title: str
    type: TicketType | None


class Rendered(Shape):
    """Rendered Markdown."""

    html: str


class SignIn(Shape):
    """A browser in which you are signed in."""

    id: str
    agent: str | None
    address: str | None
    created_at: AwareDatetime
    used_at: AwareDatetime | None
    expires_at: AwareDatetime
    current: bool


class ApiToken(Shape):
    """A token for a program."""

    id: str
    name: str
    scope: Scope
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    used_at: AwareDatetime | None


class IssuedToken(ApiToken):
    """A token that has just been created, with its secret."""

    token: str


class Site(Shape):
    """What admins have configured for the whole server."""

    site_name: str
    registration: bool


class FieldChange(Shape):
    """One field that somebody changed, before and after: of long texts their lengths, of a secret neither."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    field: str
    from_: Any = Field(None, alias="from")
    to: Any = None
    from_length: int | None = None
    to_length: int | None = None


class AuditEntry(Shape):
    """Who did what, when; ids of people and projects may refer to deleted ones."""

    id: int
    at: AwareDatetime
    actor_id: str | None
    tab_id: str | None
    token_id: str | None
    kind: str
    verb: str
    subject_id: str | None
    subject: str
    project_id: str | None
    changes: list[FieldChange]


class SeenColumn(Shape):
    """A column of an uploaded table, the ticket field that it is, and its first values."""

    number: int
    name: str
    field: str
    samples: list[str]


class ImportPart(Shape):
    """A project in a file that contains several."""

    key: str
    said: str


class LeftOut(Shape):
    """What an import leaves out or changes, and how often."""

    what: str
    count: int


class ProjectImport(Shape):
    """The result of an import, or of a dry run."""

    dry_run: bool
    tracker: str
    columns: list[SeenColumn]
    parts: list[ImportPart]
    part: str | None
    problem: str | None
    tickets: int
    new_columns: list[str]
    new_labels: list[str]
    left: list[LeftOut]


class Imported(Shape):
    """What an import has replaced everything with."""

    made_at: AwareDatetime
    counts: dict[str, int]
