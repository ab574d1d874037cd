"""A backup of the original PUNT (0.9.6 and before, versions 1.0.0 to 1.4.0 of its format), as it is in its file.

Based on facts about that format only. None of its secrets are read.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from typing import Any

from pydantic import Field

from punt.language import _, number
from punt.transfer.boards.cards import one_line
from punt.transfer.boards.json_file import Part, parsed, read_as
from punt.transfer.refusal import Refusal

NAME = "the original PUNT"
WHAT = "backup of the original PUNT"
INSIDE = "backup.json"
UNPACKED = 50_000_000
"""Bytes of a zip's content that may be read."""
ZIP = b"PK\x03\x04"


class OldProject(Part):
    id: str
    key: str = ""
    name: str = ""
    description: str = ""
    color: str = ""


class OldColumn(Part):
    id: str
    name: str = ""
    order: float = 0
    project_id: str


class OldLabel(Part):
    id: str
    name: str = ""
    color: str = ""
    project_id: str


class OldUser(Part):
    id: str
    username: str = ""
    name: str = ""
    email: str = ""
    is_system_admin: bool = False

    def names(self) -> tuple[str, ...]:
        """Return the person's names, the best one first."""
        return tuple(filter(None, (self.username, self.email, self.name)))


class OldTicket(Part):
    id: str
    title: str = ""
    description: str = ""
    type: str = "task"
    priority: str = "medium"
    order: float = 0
    number: int = 0
    story_points: float | None = None
    estimate: str = ""
    start_date: str | None = None
    due_date: str | None = None
    environment: str = ""
    affected_version: str = ""
    fix_version: str = ""
    resolution: str = ""
    sprint_id: str = ""
    project_id: str
    column_id: str
    assignee_id: str | None = None
    parent_id: str | None = None
    label_ids: list[str] = Field(default_factory=list)


class OldComment(Part):
    content: str = ""
    created_at: str = ""
    is_system_generated: bool = False
    ticket_id: str
    author_id: str | None = None


class OldActivity(Part):
    """Something that somebody did to a ticket; values are texts, or JSON."""

    action: str = ""
    field: str = ""
    old_value: Any = None
    new_value: Any = None
    created_at: str = ""
    ticket_id: str = ""
    user_id: str = ""


class OldRole(Part):
    id: str
    name: str = ""
    permissions: list[str] = Field(default_factory=list)


class OldMember(Part):
    user_id: str
    project_id: str
    role_id: str = ""


class OldLink(Part):
    from_ticket_id: str = ""


class OldOfTicket(Part):
    ticket_id: str = ""


class OldSprint(Part):
    project_id: str = ""


class OldData(Part):
    projects: list[OldProject]
    columns: list[OldColumn]
    roles: list[OldRole] = Field(default_factory=list)
    project_members: list[OldMember] = Field(default_factory=list)
    tickets: list[OldTicket]
    labels: list[OldLabel] = Field(default_factory=list)
    users: list[OldUser] = Field(default_factory=list)
    comments: list[OldComment] = Field(default_factory=list)
    sprints: list[OldSprint] = Field(default_factory=list)
    ticket_links: list[OldLink] = Field(default_factory=list)
    ticket_watchers: list[OldOfTicket] = Field(default_factory=list)
    ticket_edits: list[OldOfTicket] = Field(default_factory=list)
    ticket_activities: list[OldActivity] = Field(default_factory=list)
    attachments: list[OldOfTicket] = Field(default_factory=list)


class OldBackup(Part):
    """A whole file."""

    data: OldData


def opened(content: bytes) -> Any:
    """Read the JSON of a backup, in a zip or by itself.

    :raises Refusal: when it is not one.
    """
    found = parsed(unzipped(content) if content.startswith(ZIP) else content, WHAT)
    if not is_original(found):
        raise Refusal(_("This is no %(what)s.", what=WHAT))
    return found


def unzipped(content: bytes) -> bytes:
    """Return the JSON in a backup with attachments.

    :raises Refusal: when it contains none, or is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(INSIDE) as file:
            found = file.read(UNPACKED + 1)
    except KeyError:
        raise Refusal(
            _("There is no %(name)s in this. Save what a spreadsheet program wrote as “CSV UTF-8”.", name=INSIDE)
        ) from None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refusal(_("This zip cannot be unpacked: %(error)s", error=one_line(str(error), 100))) from None
    if len(found) > UNPACKED:
        raise Refusal(_("%(name)s unpacks to more than %(most)s bytes.", name=INSIDE, most=number(UNPACKED)))
    return found


def is_original(found: Any) -> bool:
    """Tell whether it looks like a backup, encrypted or not."""
    return isinstance(found, dict) and "version" in found and ("exportedAt" in found or "exportedBy" in found)


def read_backup(found: Any) -> OldData:
    """Validate a backup.

    :raises Refusal: when it is not one, or encrypted.
    """
    if found.get("encrypted") or "ciphertext" in found:
        raise Refusal(_("This backup is encrypted. Make one without a password in the original PUNT, and import that."))
    return read_as(OldBackup, found, WHAT).data


def parts_of(data: OldData) -> dict[str, str]:
    """List the projects of a backup by key: each one's name, and its number of tickets."""
    counts = Counter(ticket.project_id for ticket in data.tickets)
    return {each.key or each.id: f"{one_line(each.name, 80)} ({counts[each.id]:,} tickets)" for each in data.projects}
