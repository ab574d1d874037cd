"""Carrying out a plan in a project, through the same verbs as everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from punt.database import db
from punt.events import capture
from punt.heavy.slices import breathing
from punt.language import _, plural
from punt.models import AuditEntry, Column, Label, Project, Ticket, User
from punt.models.placing import Wanted, create_together
from punt.models.texts import key_of
from punt.transfer.boards.cards import FURTHER, Card, Past, Plan, count_left, made_one, many_lines, one_line
from punt.transfer.boards.family import parents_first

TITLE, DESCRIPTION, LABELS = 200, 50_000, 50
MOST_LISTED = 200


@dataclass
class Report:
    """What was imported and what was not, as sentences.

    :ivar taken: how many tickets, columns and labels are new.
    :ivar new: the names of those columns and labels.
    """

    taken: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    new: dict[str, list[str]] = field(default_factory=dict)

    def sentence(self) -> str:
        """Return what was imported."""
        return _("Imported: %(counts)s.", counts=self.counts())

    def counts(self) -> str:
        """Return how many tickets, columns and labels are new."""
        parts = [plural("%(num)s new ticket", "%(num)s new tickets", self.taken["ticket"])]
        if self.taken["column"]:
            parts.append(plural("%(num)s new column", "%(num)s new columns", self.taken["column"]))
        if self.taken["label"]:
            parts.append(plural("%(num)s new label", "%(num)s new labels", self.taken["label"]))
        return ", ".join(parts)

    def lines(self) -> list[str]:
        """Return what was left out, most frequent first."""
        return [f"{what}: {count}" for what, count in self.left.most_common(MOST_LISTED)]


class Carriage:
    """One import into a project; names are found regardless of case.

    :param history: whether to copy history into the audit trail: only who runs the server may say what others did.
    :ivar report: the result, complete at the end.
    """

    def __init__(self, project: Project, plan: Plan, creator_id: str | None, *, history: bool = False) -> None:
        self._project, self._plan, self._creator_id, self._history = project, plan, creator_id, history
        self.report = Report(left=Counter(plan.left))
        if not history:
            self._leave(_("Changes in the history of tickets"), sum(len(card.history) for card in plan.cards))

    def foresee(self) -> Report:
        """Report what would be the result; nothing is changed."""
        self._expect("Column", self._plan.columns, [column.name for column in self._project.columns()])
        self._expect("Label", self._plan.labels, [label.name for label in Label.of(self._project.id)])
        self._people = _known_people(self._project)
        for card in breathing(self._plan.cards):
            self._fields(card)
        return self.report

    def steps(self) -> Iterator[int]:
        """Carry it out, yielding the number of tickets so far; the caller has begun to write, and commits."""
        self._columns = self._make_columns(self._plan.columns)
        self._labels = self._make_labels(self._plan.labels)
        self._people = _known_people(self._project)
        wanted = [self._wanted(card) for card in breathing(self._plan.cards)]
        order = parents_first(self._plan.cards)
        tickets = create_together(self._project, self._creator_id, wanted, order)
        for done, (ticket, place) in enumerate(zip(tickets, order, strict=True), 1):
            if self._history:
                self._tell_history(ticket, self._plan.cards[place].history)
            yield done

    def _tell_history(self, ticket: Ticket, history: Iterable[Past]) -> None:
        """Record in the audit trail what was done to a ticket before the import, below what is done here."""
        rows = [
            {
                "kind": "ticket",
                "verb": "updated",
                "at": past.at,
                "actor_id": self._known(past.who),
                "subject_id": ticket.id,
                "subject": f"{self._project.key}-{ticket.number} {ticket.title}",
                "project_id": self._project.id,
                "changes": {past.field: [past.old, past.new]},
            }
            for past in history
        ]
        if rows:
            AuditEntry.write(db.session(), capture.origin(db.session()), rows)

    def _wanted(self, card: Card) -> Wanted:
        """Return the ticket that a card becomes."""
        fields = self._fields(card)
        labels = [self._labels[name] for name in fields["labels"]]
        return Wanted(self._columns[key_of(card.column or "")], fields | {"labels": labels}, card.parent)

    def _expect(self, kind: str, names: Iterable[str], present: Iterable[str]) -> None:
        known = {key_of(name): name for name in reversed(list(present))}
        for name in names:
            if key_of(name) not in known:
                self._count_new(kind, name)
            self._tell_other_spelling(kind, name, known.setdefault(key_of(name), name))

    def _make_columns(self, names: list[str]) -> dict[str, Column]:
        present = list(self._project.columns_to_change())
        found = {key_of(column.name): column for column in reversed(present)}
        for name in names:
            if key_of(name) not in found:
                column = Column.append_to(present, self._project.id, name=name, color=None, wip_limit=None)
                present.append(column)
                found[key_of(name)] = column
                self._count_new("Column", name)
            self._tell_other_spelling("Column", name, found[key_of(name)].name)
        return {"": self._project.first_column(), **found}

    def _make_labels(self, wanted: dict[str, str | None]) -> dict[str, Label]:
        found = {key_of(label.name): label for label in Label.of(self._project.id)}
        for name, color in wanted.items():
            if key_of(name) not in found:
                found[key_of(name)] = Label.create(self._project.id, name, color)
                self._count_new("Label", name)
            self._tell_other_spelling("Label", name, found[key_of(name)].name)
        return found

    def _count_new(self, kind: str, name: str) -> None:
        self.report.taken[kind.lower()] += 1
        self.report.new.setdefault(kind.lower(), []).append(name)

    def _tell_other_spelling(self, kind: str, name: str, present: str) -> None:
        if name != present:
            self._leave(made_one(kind, name, present))

    def _leave(self, what: str, how_often: int = 1) -> None:
        count_left(self.report.left, what, how_often)

    def _fields(self, card: Card) -> dict[str, Any]:
        """Return the fields of a ticket; its labels are keys of their names."""
        self.report.taken["ticket"] += 1
        title, description = self._texts(card)
        start = None if card.start and card.due and card.start > card.due else card.start
        if start != card.start:
            self._leave(_("Starts that are after the due date"))
        return {
            "title": title,
            "description": description,
            "type": card.type.value,
            "priority": card.priority.value,
            "labels": self._few_enough(card.labels),
            "assignee_id": self._assignee(card.people),
            "story_points": card.story_points,
            "estimate": card.estimate,
            "start_date": start,
            "due_date": card.due,
        }

    def _texts(self, card: Card) -> tuple[str, str]:
        """Keep a title that is too long whole in the description."""
        whole, description = one_line(card.title, len(card.title)), many_lines(card.description)
        title = one_line(whole, TITLE) or "Untitled"
        if len(whole) > TITLE:
            description = f"{whole}\n\n{description}".strip()
            self._leave(_("Titles shortened, and kept whole in the description"))
        if len(description) > DESCRIPTION:
            self._leave(_("Descriptions cut after 50,000 characters"))
        return title, description[:DESCRIPTION]

    def _few_enough(self, names: list[str]) -> list[str]:
        found = list(dict.fromkeys(map(key_of, names)))
        if len(found) > LABELS:
            self._leave(_("Labels beyond the %(labels)s that a ticket may have", labels=LABELS), len(found) - LABELS)
        return found[:LABELS]

    def _known(self, names: Iterable[str]) -> str | None:
        """Find a member by any of their names."""
        return next((self._people[key_of(name)] for name in names if key_of(name) in self._people), None)

    def _assignee(self, people: list[tuple[str, ...]]) -> str | None:
        found = list[str]()
        for names in people:
            if known := self._known(names):
                found.append(known)
            else:
                self._leave(_("Assigned to %(name)s, who is no member here", name=one_line(names[0], 80)))
        if len(found) > 1:
            self._leave(_(FURTHER), len(found) - 1)
        return found[0] if found else None


def _known_people(project: Project) -> dict[str, str]:
    """Find members by user name, then email, then name; a name that two have identifies nobody."""
    members: list[User] = [membership.user for membership in project.members()]
    names = Counter(key_of(person.name) for person in members)
    found = {key_of(person.name): person.id for person in members if names[key_of(person.name)] == 1}
    found |= {key_of(person.email): person.id for person in members if person.email}
    return found | {person.username_key: person.id for person in members}
