"""Names that are unique."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import Any, TypeVar

import sqlalchemy as sa

from punt.checks.finding import Finding
from punt.database import db
from punt.models import Label, Project, User
from punt.models.merging import merge_labels
from punt.models.texts import folded, key_of

Named = TypeVar("Named", User, Label, Project)


def usernames() -> Iterator[Finding]:
    """Find user names that two people have, and those not stored in lower case as well."""
    taken = set[str]()
    for first, *others in _alike(User, lambda person: person.username.lower()):
        taken |= {each.username.lower() for each in (first, *others)}
        for other in others:
            yield Finding(f"@{other.username}: another person has this username.", partial(_rename, other, taken))
        if not others and first.username_key != first.username.lower():
            yield Finding(f"@{first.username}: it is not found by its username.", partial(_find_again, first))


def emails() -> Iterator[Finding]:
    """Find emails that two people have, or that are not stored in the form that is looked up."""
    for first, *others in _alike(User, lambda person: folded(person.email or person.id)):
        for other in others:
            yield Finding(f"@{other.username}: another person has this email.", partial(_reach, other, None))
        if not others and first.email and first.email != folded(first.email):
            sentence = f"@{first.username}: the email is not in small letters, or not composed."
            yield Finding(sentence, partial(_reach, first, folded(first.email)))


def project_keys() -> Iterator[Finding]:
    """Find keys that two projects have, or that are not in upper case."""
    for first, *others in _alike(Project, lambda project: project.key.upper()):
        for other in others:
            advice = "Export one of them, or delete it: keys stay for life."
            yield Finding(f"{other.key} {other.name}: another project has this key.", None, advice)
        if not others and first.key != first.key.upper():
            yield Finding(f"{first.key} {first.name}: the key is not in capitals.", partial(_capitals, first))


def labels() -> Iterator[Finding]:
    """Find labels that a project has twice, and those that cannot be found by their names; the one that can stays."""
    for alike in _alike(Label, lambda label: (label.project_id, key_of(label.name))):
        first, *others = sorted(alike, key=lambda label: label.name_key != key_of(label.name))
        for other in others:
            sentence = f"Label {other.name} ({other.id}): its project has another one of this name."
            yield Finding(sentence, partial(_merge, other, first))
        if not others and first.name_key != key_of(first.name):
            yield Finding(f"Label {first.name} ({first.id}): it is not found by its name.", partial(_name_again, first))


def _alike(model: type[Named], name: Callable[[Named], Any]) -> Sequence[list[Named]]:
    """List groups with the same name, the oldest first."""
    groups = defaultdict[Any, list[Named]](list)
    for each in db.session.scalars(sa.select(model).order_by(model.id)):
        groups[name(each)].append(each)
    return list(groups.values())


def _rename(person: User, taken: set[str]) -> str:
    candidates = (f"{person.username[:25]}-{number}" for number in count(2))
    free = next(each for each in candidates if each.lower() not in taken)
    taken.add(free.lower())
    person.username, person.username_key = free, free.lower()
    return f"It is @{free} now."


def _find_again(person: User) -> str:
    person.username_key = person.username.lower()
    return "It is now."


def _reach(person: User, email: str | None) -> str:
    person.email = email
    return "It is now." if email else "It is taken away here."


def _capitals(project: Project) -> str:
    project.key = project.key.upper()
    return f"It is {project.key} now."


def _merge(label: Label, heir: Label) -> str:
    merge_labels(label, heir)
    return "The two are one now."


def _name_again(label: Label) -> str:
    label.name_key = key_of(label.name)
    return "It is now."
