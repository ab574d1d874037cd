"""What answers look like, for the API's description; ``wire`` makes them, and the API's tests compare."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from punt.models.api_token import Scope
from punt.models.membership import Role
from punt.models.ticket import Priority, TicketType


class Shape(BaseModel):
    """The base of all shapes: every field is there, and no other."""

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
    """What anyone may know of a person."""

    id: str
    username: str
    name: str
    avatar_color: str
    avatar_url: str | None


class OwnUser(UserSummary):
    """What a person sees of themselves."""

    email: str | None
    is_admin: bool
    created_at: AwareDatetime


class Person(OwnUser):
    """What a system admin sees of anybody."""

    is_active: bool


class NewAccess(Person):
    """A person with a password that was made for them, which no other answer tells."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    password: str = None  # type: ignore[assignment]


class SetupState(Shape):
    """Whether anybody exists yet."""

    has_users: bool


class SignedIn(Shape):
    """Who has just signed in."""

    user: OwnUser


class OwnSession(Shape):
    """Who is signed in and until when, which of a program is not said; empty when nobody is."""

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
    """A person's place in a project."""

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
    """A ticket out of the bin, and what of it could not be brought back, if anything."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    not_restored: list[FieldError] = []


class StaleTicket(Error):
    """Why a write of a ticket was refused; when somebody else changed it meanwhile, with the ticket as it is now."""

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
    """A person who has a project open, with the tickets that they have open for editing."""

    ticket_ids: list[str]


class Presences(Shape):
    """Who has a project open."""

    people: list[Present]


class Hit(Shape):
    """Something that a search found; a project has no type."""

    kind: Literal["project", "ticket"]
    id: str
    key: str
    title: str
    type: TicketType | None


class Rendered(Shape):
    """Markdown as it will look."""

    html: str


class SignIn(Shape):
    """A browser in which one is signed in."""

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
    """A token that has just been made, and what it proves itself with."""

    token: str


class Site(Shape):
    """What admins have decided for the whole server."""

    site_name: str
    registration: bool


class FieldChange(Shape):
    """One field that somebody changed: from what to what, of long texts their lengths, of a secret neither."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    field: str
    from_: Any = Field(None, alias="from")
    to: Any = None
    from_length: int | None = None
    to_length: int | None = None


class AuditEntry(Shape):
    """Who did what, when; ids of people and projects may be of such that are gone."""

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
    """A column of a table that came, the field of a ticket that it is, and its first values."""

    number: int
    name: str
    field: str
    samples: list[str]


class ImportPart(Shape):
    """A project in a file that holds several."""

    key: str
    said: str


class LeftOut(Shape):
    """What an import does not take, or changes on the way, and how often."""

    what: str
    count: int


class ProjectImport(Shape):
    """What came of a file, or would come of it where it is only looked at."""

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
    """What an import has put in the place of everything."""

    made_at: AwareDatetime
    counts: dict[str, int]
