"""The first pass over a file: every row is checked and staged, before anything is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from punt.language import _, gettext
from punt.transfer.export.layout import Header, Row, upgraded
from punt.transfer.export.reading import EVERY, Limits, Report, rows, verified
from punt.transfer.export.rules import BOARD_RULES, OWNERLESS, Rule, rule_for, wrong_with
from punt.transfer.export.staging import REPAIR, Staging
from punt.transfer.export.tables import carried, columns_of
from punt.transfer.export.values import codec_for
from punt.transfer.refusal import Refusal

MISSING = object()


class _Field(NamedTuple):
    name: str
    check: Callable[[Any], Any]
    rule: Rule | None
    nullable: bool
    holds_null: bool
    default: Any


@dataclass(frozen=True)
class Contents:
    """The contents of a checked file.

    :param counts: rows by table, after the upgrade of an older file.
    :param warnings: sentences about what is odd but permitted.
    """

    header: Header
    counts: dict[str, int]
    warnings: Sequence[str]


def checked(path: Path, staging: Staging, limits: Limits, report: Report = lambda _: None) -> Contents:
    """Check everything in a file and insert it into a scratch database.

    :param report: gets the number of lines read, twice: for the checksum, and for their contents.
    :raises Refusal: naming the line and the field of the first error.
    """
    header = verified(path, limits, report)
    fields = {table.name: _fields(table) for table in carried()}
    seen, staged = Counter[str](), Counter[str]()
    for line, told, told_row in rows(path, limits):
        seen[told] += 1
        for table, row in upgraded(header.version, told, told_row):
            if table not in fields:
                raise Refusal(_("This PUNT knows no table %(table)s.", table=table[:80]), line=line)
            staging.add(line, table, _values(line, table, fields[table], row))
            staged[table] += 1
        if line % EVERY == 0:
            report(header.rows + line)
    wrong = {name for name in header.counts.keys() | seen.keys() if header.counts.get(name, 0) != seen[name]}
    if wrong:
        raise Refusal(
            _("The header counts other rows than there are: %(names)s.", names=", ".join(sorted(wrong))), line=1
        )
    _refuse_what_does_not_fit(staging)
    return Contents(header, dict(staged), _warnings(staging, staged))


def _fields(table: sa.Table) -> list[_Field]:
    return [
        _Field(
            name=column.name,
            check=codec_for(column).check,
            rule=rule_for(column),
            nullable=bool(column.nullable),
            holds_null=isinstance(column.type, sa.JSON) and not column.nullable,
            default=_default(column),
        )
        for column in columns_of(table)
    ]


def _default(column: sa.Column[Any]) -> Any:
    """Return the default of a column that an older file does not have, as the file would have written it."""
    if isinstance(column.default, sa.ColumnDefault) and column.default.is_scalar:
        return column.default.arg
    return None if column.nullable else MISSING


def _values(line: int, table: str, fields: Sequence[_Field], row: Row) -> list[Any]:
    unknown = row.keys() - {field.name for field in fields}
    if unknown:
        raise Refusal(_("There is no such column."), line=line, field=f"{table}.{min(unknown)[:80]}")
    values = [_value(line, table, field, row.get(field.name, field.default)) for field in fields]
    for name, said in wrong_with(table, row):
        raise Refusal(gettext(said), line=line, field=f"{table}.{name}")
    return values


def _value(line: int, table: str, field: _Field, value: Any) -> Any:
    if value is MISSING or (value is None and not (field.nullable or field.holds_null)):
        raise Refusal(_("This is required."), line=line, field=f"{table}.{field.name}")
    if value is None and not field.holds_null:
        return None
    try:
        stored = field.check(value)
    except ValueError as error:
        raise Refusal(str(error), line=line, field=f"{table}.{field.name}") from None
    said = field.rule and field.rule(value)
    if said:
        raise Refusal(gettext(said), line=line, field=f"{table}.{field.name}")
    return stored


def _refuse_what_does_not_fit(staging: Staging) -> None:
    staging.refuse_dangling()
    staging.refuse_circles()
    for rule in BOARD_RULES:
        line = staging.first_line(rule.query)
        if line:
            raise Refusal(f"{_(rule.said)} {_(REPAIR)}", line=line, field=rule.field)


def _warnings(staging: Staging, staged: Counter[str]) -> list[str]:
    warnings = []
    if staged["user"] and staging.first_line('SELECT _line FROM "user" WHERE is_admin AND is_active') is None:
        warnings.append(_("Nobody in it is a system admin who can sign in: flask user create NAME --admin makes one."))
    if line := staging.first_line(OWNERLESS):
        warnings.append(
            _("The project in line %(line)s has no owner: a system admin can make somebody one.", line=line)
        )
    return warnings
