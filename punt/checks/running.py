"""Running all checks, and repairing what they find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from punt.checks import boards, families, names, people, places, references, values
from punt.checks.finding import Check, Finding, Fix
from punt.database import db
from punt.errors import Problem
from punt.models.audit.entry import AuditEntry
from punt.models.wipe import hold_everything

CHECKS: tuple[Check, ...] = (
    references.dangling,
    names.usernames,
    names.emails,
    names.project_keys,
    names.labels,
    values.unfit,
    people.admins,
    people.signed_in_though_disabled,
    people.owners,
    boards.columns,
    boards.column_order,
    boards.ticket_counts,
    boards.numbers,
    boards.binned,
    places.ranks,
    places.homeless,
    places.labels,
    families.parents_elsewhere,
    families.circles,
    families.subtasks,
)
"""In the order in which they are repaired: what others depend on comes first."""
ROUNDS = 5
"""How often the checks are run: a repair may bring something else to light."""


@dataclass
class Repair:
    """What was repaired, in sentences, and what is left."""

    done: list[str] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)


def find_all() -> Iterator[Finding]:
    """Yield everything that breaks a rule."""
    for check in CHECKS:
        yield from check()


def repair() -> Repair:
    """Repair what can be repaired; the caller has begun to write, and commits. Nobody else writes meanwhile."""
    result = Repair()
    hold_everything(db.session())
    for _ in range(ROUNDS):
        done = [sentence for check in CHECKS for sentence in _mend_all(check)]
        result.done += done
        if not done:
            break
    if result.done:
        AuditEntry.note("database", "repaired", f"{len(result.done)} broken rules")
    result.left = list(find_all())
    return result


def _mend_all(check: Check) -> Iterator[str]:
    for finding in list(check()):
        if finding.fix is not None and (done := _fixed(finding.fix)):
            yield f"{finding.sentence} {done}"
    db.session.expire_all()


def _fixed(fix: Fix) -> str | None:
    """Repair one thing; if that fails it is rolled back, and found again at the end."""
    try:
        with db.session.begin_nested():
            done = fix()
            db.session.flush()
    except (Problem, SQLAlchemyError):
        return None
    return done
