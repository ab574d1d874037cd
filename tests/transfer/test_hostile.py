"""Files that are wrong, by accident or on purpose: each is refused with its line and field, and nothing changes."""

from __future__ import annotations

import gzip
import json
import re
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from punt.events.publication import camel
from punt.models.audit.trail import PLACE, TRAILS
from punt.transfer.export import layout
from punt.transfer.export.nested import RECORDED
from punt.transfer.export.reading import LINE, Limits
from punt.transfer.refusal import Refusal
from tests.support.board import nothing_changes
from tests.support.export_file import LIMITS, Line, changed, everything, lines_of, of, seal, take

Change = Callable[[list[Line]], Any]


def refused(app: Flask, path: Path, limits: Limits = LIMITS) -> str:
    """Return what is said about a file that is refused."""
    with nothing_changes(app), pytest.raises(Refusal) as caught:
        take(app, path, limits)
    assert not list(Path(app.instance_path).glob("import-*"))
    return caught.value.message


def put(table: str, column: str, value: Any, nth: int = 0) -> Change:
    """Change one value."""
    return lambda rows: of(rows, table)[nth].__setitem__(column, value)


def copy(table: str, **fields: Any) -> Change:
    """Add a row like the first of its table."""
    return lambda rows: rows.append({"table": table, "row": {**of(rows, table)[0], **fields}})


def titled(rows: list[Line], title: str) -> dict[str, Any]:
    return next(row for row in of(rows, "ticket") if row["title"] == title)


def circle(rows: list[Line]) -> None:
    """Let a ticket's grandchild be its parent."""
    titled(rows, "Form")["type"] = "Task"
    titled(rows, "Berths ⚓")["parent_id"] = titled(rows, "Form")["id"]


def across(column: str, table: str) -> Change:
    """Let a ticket of the harbour refer to what belongs to the boat."""

    def change(rows: list[Line]) -> None:
        boat = next(row["id"] for row in of(rows, "project") if row["key"] == "BOAT")
        foreign = next(row["id"] for row in of(rows, table) if row["project_id"] == boat)
        titled(rows, "Form").update({column: foreign, "rank": "a9"})  # a rank that no other has

    return change


def foreign_label(rows: list[Line]) -> None:
    keel = next(row["id"] for row in of(rows, "label") if row["name"] == "keel")
    of(rows, "ticket_label")[0]["label_id"] = keel


def nest(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def inside(**fields: Any) -> Change:
    """Change something of the ticket in the bin."""
    return lambda rows: of(rows, "binned_ticket")[0]["content"].update(fields)


def told(changes: Any, verb: str = "updated") -> Change:
    """Let the audit trail contain other changes."""
    return lambda rows: of(rows, "audit_entry")[0].update(verb=verb, changes=changes)


def renamed(table: str, new_id: str) -> Change:
    """Give a row another id, and everything that refers to it except the audit trail."""

    def change(rows: list[Line]) -> None:
        old = of(rows, table)[0]["id"]
        for line in rows:
            if line["table"] == "audit_entry":
                continue
            line["row"] = {name: new_id if value == old else value for name, value in line["row"].items()}

    return change


def setting(name: str, value: Any) -> Change:
    """Change a setting of the site."""
    return lambda rows: of(rows, "site_setting")[0].update(name=name, value=value)


def without(table: str) -> Change:
    return lambda rows: rows.__setitem__(slice(None), [line for line in rows if line["table"] != table])


HASH = r"user\.password_hash: PUNT writes no such hash"
WRONG: dict[str, tuple[Change, str]] = {
    "two people of one id": (
        copy("user", username="Zoe", username_key="zoe", email=None),
        r"user\.id: The same as in line",
    ),
    "a person whose id is a path": (renamed("user", "../../outside"), r"user\.id: This is no id"),
    "a person called as the admins are": (renamed("user", "system-admins"), r"user\.id: This is no id"),
    "a person whose id is in capitals": (renamed("user", "N" * 26), r"user\.id: This is no id"),
    "a person whose id ends a line": (renamed("user", "n" * 25 + "\n"), r"user\.id: This is no id"),
    "a project whose id is a word": (renamed("project", "everyone"), r"project\.id: This is no id"),
    "a membership whose id is free text": (renamed("membership", "<b>"), r"membership\.id: This is no id"),
    "a column whose id is free text": (renamed("column", "a/b"), r"column\.id: This is no id"),
    "a label whose id is free text": (renamed("label", "a b"), r"label\.id: This is no id"),
    "a ticket whose id is a number": (renamed("ticket", "12"), r"ticket\.id: This is no id"),
    "a ticket in the bin whose id is a number": (renamed("binned_ticket", "12"), r"binned_ticket\.id: This is no id"),
    "an actor with a foreign id": (put("audit_entry", "actor_id", "../x"), r"audit_entry\.actor_id: This is no id"),
    "a token with a foreign id": (put("audit_entry", "token_id", "x"), r"audit_entry\.token_id: This is no id"),
    "a subject with a foreign id": (
        put("audit_entry", "subject_id", "../x"),
        r"audit_entry\.subject_id: This is no id",
    ),
    "a place with a foreign id": (put("audit_entry", "project_id", "x"), r"audit_entry\.project_id: This is no id"),
    "a column of the bin with a foreign id": (inside(columnId="../x"), "columnId is wrong"),
    "a parent of the bin with a foreign id": (inside(parentId="x"), "parentId is wrong"),
    "a person of the bin with a foreign id": (inside(assigneeId="system-admins"), "assigneeId is wrong"),
    "a label of the bin with a foreign id": (inside(labels=[{"id": "x"}]), "labels.0.id is wrong"),
    "two of one name": (copy("user", id="n" * 26, email=None), r"user\.username_key: The same as in line"),
    "two of one email": (copy("user", id="n" * 26, username="Zoe", username_key="zoe"), r"user\.email: The same"),
    "two tickets of one number": (copy("ticket", id="n" * 26, rank="a5"), r"ticket\.project_id and number: The same"),
    "two tickets of one rank": (
        copy("ticket", id="n" * 26, number=3),
        r"ticket\.(column_id and rank|project_id and number)",
    ),
    "two memberships": (copy("membership", id="n" * 26), r"membership\.project_id and user_id: The same"),
    "the same label twice": (copy("ticket_label"), r"ticket_label\.ticket_id and label_id: The same"),
    "a column that is not there": (
        put("ticket", "column_id", "nowhere"),
        r"ticket\.column_id: There is no such column",
    ),
    "a person who is not there": (
        put("membership", "user_id", "nobody"),
        r"membership\.user_id: There is no such user",
    ),
    "a parent that is not there": (put("ticket", "parent_id", "none"), r"ticket\.parent_id: There is no such ticket"),
    "projects without their people": (without("user"), r"There is no such user in this file"),
    "a column of another project": (across("column_id", "column"), r"column_id: This column belongs to another"),
    "a parent of another project": (across("parent_id", "ticket"), r"parent_id: This ticket belongs to another"),
    "a label of another project": (foreign_label, r"ticket_label\.label_id: This label belongs to another"),
    "its own parent": (
        lambda rows: titled(rows, "Form").update(parent_id=titled(rows, "Form")["id"]),
        r"parent_id: This is its own ancestor",
    ),
    "a circle of parents": (circle, r"ticket\.parent_id: This is its own ancestor"),
    "a subtask as parent": (
        lambda rows: titled(rows, "Booking").update(type="Subtask"),
        r"parent_id: A subtask cannot be a parent",
    ),
    "an unknown table": (lambda rows: rows.append({"table": "robots", "row": {}}), r"knows no table robots"),
    "a session": (lambda rows: rows.append({"table": "user_session", "row": {}}), r"knows no table user_session"),
    "an unknown column": (put("user", "is_god", True), r"user\.is_god: There is no such column"),
    "a missing column": (lambda rows: of(rows, "ticket")[0].pop("title"), r"ticket\.title: This is required"),
    "nothing where something must be": (put("ticket", "title", None), r"ticket\.title: This is required"),
    "a number as text": (put("ticket", "version", "3"), r"ticket\.version: This must be a whole number"),
    "true as a number": (put("ticket", "version", True), r"ticket\.version: This must be a whole number"),
    "a number that is too large": (put("ticket", "version", 1 << 40), r"ticket\.version: This number is too large"),
    "a text as a number": (put("ticket", "title", 5), r"ticket\.title: This must be a text"),
    "1 as true": (put("user", "is_admin", 1), r"user\.is_admin: This must be true or false"),
    "a text that is too long": (put("ticket", "title", "x" * 201), r"ticket\.title: At most 200 characters"),
    "a NUL": (put("ticket", "title", "a\0b"), r"ticket\.title: This holds a character that is none"),
    "half a character": (put("ticket", "title", "\ud800"), r"ticket\.title: This holds a character that is none"),
    "a day that is none": (put("ticket", "due_date", "2026-02-30"), r"due_date: This must be a day"),
    "a moment without a zone": (put("user", "created_at", "2026-01-01T10:00:00"), r"created_at: This must be a moment"),
    "a list as a value": (put("ticket", "title", ["a"]), r"ticket\.title: This must be a text"),
    "a role that is none": (put("membership", "role", "emperor"), r"membership\.role: This is none of admin, member"),
    "a type that is none": (put("ticket", "type", "Wish"), r"ticket\.type: This is none of"),
    "a priority that is none": (put("ticket", "priority", "high"), r"ticket\.priority: This is none of"),
    "a rank that is none": (put("ticket", "rank", "a00"), r"ticket\.rank: This is no rank"),
    "an endless rank": (put("ticket", "rank", "a0" + "V" * 2000), r"ticket\.rank: This is no rank"),
    "a colour that is none": (put("project", "color", "red"), r"project\.color: This is no colour"),
    "a key that is none": (put("project", "key", "a/b"), r"project\.key: This is no key"),
    "another key at a ticket": (put("ticket", "project_key", "NOPE"), r"ticket\.project_key: This is not the key"),
    "a user name in other letters": (put("user", "username_key", "Alice"), r"username_key: This is not the user name"),
    "a label in other letters": (put("label", "name_key", "KEEL"), r"name_key: This is not the name"),
    "a number not given yet": (put("project", "last_number", 0), r"number: Its project has not given this number"),
    "a project without columns": (
        lambda rows: rows.append({"table": "project", "row": {**of(rows, "project")[0], "id": "p" * 26, "key": "NEW"}}),
        r"project: This project has no column",
    ),
    "a ticket both there and deleted": (
        lambda rows: titled(rows, "Form").update(number=4),
        r"binned_ticket\.number: A ticket that is not deleted has this number",
    ),
    "a deleted ticket under another id": (
        lambda rows: titled(rows, "Form").update(id=of(rows, "binned_ticket")[0]["id"]),
        r"binned_ticket\.id: A ticket that is not deleted has this id",
    ),
    "a bin with something else": (put("binned_ticket", "content", {"id": "x"}), r"binned_ticket\.content: This is no"),
    "a hash of a password by another way": (put("user", "password_hash", "foo$a$b"), HASH),
    "a hash of a password that takes the memory of all": (
        put("user", "password_hash", "scrypt:1073741824:8:1$a$b"),
        HASH,
    ),
    "a hash of a password that cannot be made": (put("user", "password_hash", "pbkdf2:sha256:x$a$b"), HASH),
    "a user name of one letter": (lambda rows: of(rows, "user")[0].update(username="Z", username_key="z"), "Use 3 to"),
    "an email in capitals": (put("user", "email", "ALICE@EXAMPLE.ORG"), r"user\.email: This is not in small"),
    "an email of nothing": (put("user", "email", ""), r"user\.email: This is not in small"),
    "a picture elsewhere": (put("user", "picture_hash", "../../api/auth/logout"), r"picture_hash: This is no hash"),
    "a picture of another name": (put("picture", "hash", "x" * 64), r"picture\.hash: This is no hash"),
    "a person without a name": (put("user", "name", ""), r"user\.name: There is nothing to read"),
    "a project without a name": (put("project", "name", " "), r"project\.name: There is nothing to read"),
    "a column without a name": (put("column", "name", "\t"), r"column\.name: There is nothing to read"),
    "a label without a name": (
        lambda rows: of(rows, "label")[0].update(name="\x1b", name_key="\x1b"),
        r"label\.name: There is nothing to read",
    ),
    "a ticket without a title": (put("ticket", "title", "\n\x1b"), r"ticket\.title: There is nothing to read"),
    "a number after which none comes": (put("project", "last_number", (1 << 31) - 1), r"last_number: This must be 0"),
    "a version after which none comes": (put("ticket", "version", (1 << 31) - 1), r"ticket\.version: This must be 1"),
    "an entry after which none comes": (put("audit_entry", "id", (1 << 63) - 1), r"audit_entry\.id: This must be 1"),
    "an entry before the first one": (put("audit_entry", "id", -5), r"audit_entry\.id: This must be 1"),
    "a moment before all others": (put("user", "created_at", "0001-01-01T00:00:00Z"), r"created_at: This must be a mo"),
    "changes that are a text": (told("boo"), r"audit_entry\.changes: These are no changes"),
    "changes that are a list": (told([None, None]), r"audit_entry\.changes: These are no changes"),
    "a change that is a number": (told({"a": 5}), r"changes: This is no change: a"),
    "a change to nowhere": (told({"a": [1]}), r"changes: This is no change: a"),
    "a change to a day that is none": (told({"dueDate": [None, "soon"]}), r"changes: This is no change: dueDate"),
    "a change to a day that is a number": (told({"startDate": [20260101, None]}), r"This is no change: startDate"),
    "a change of labels that are none": (told({"labels": [[1], [{}]]}), r"changes: This is no change: labels"),
    "a change to an object": (told({"value": [None, {"a": 1}]}), r"changes: This is no change: value"),
    "a change to many assignees": (told({"assigneeId": [None, ["x"]]}), r"changes: This is no change: assigneeId"),
    "a change to an assignee who is a number": (told({"assigneeId": [None, 5]}), r"This is no change: assigneeId"),
    "a change to a title that is a number": (told({"title": [None, 5]}), r"changes: This is no change: title"),
    "a change to points that are a text": (told({"storyPoints": [1, "5"]}), r"This is no change: storyPoints"),
    "a change to an order that is true": (told({"order": [0, True]}), r"changes: This is no change: order"),
    "a change to an administrator by a number": (told({"isAdmin": [None, 1]}), r"This is no change: isAdmin"),
    "a change of labels to a text": (told({"labels": [["a"], "b"]}), r"changes: This is no change: labels"),
    "a password that is told": (told({"password": ["a", "b"]}), r"changes: This is no change: password"),
    "a length that is a text": (told({"description": ["x", "y"]}), r"changes: This is no change: description"),
    "a move that does not move": (told({"column": None}, verb="moved"), r"changes: A move changes the column"),
    "a move of something else": (told({"description": [1, 2]}, verb="moved"), r"changes: A move changes the column"),
    "registration off as a text": (setting("registration", "off"), r"site_setting\.value: .*boolean"),
    "a name of the site that is none": (setting("name", {"a": 1}), r"site_setting\.value: .*string"),
    "a name of the site that is too long": (setting("name", "x" * 41), r"site_setting\.value: At most 40"),
    "no name of the site": (setting("name", None), r"site_setting\.value: .*string"),
    "a bin with a day that is none": (inside(startDate="tomorrow"), r"content: This is no ticket: startDate is wrong"),
    "a bin with a moment that is none": (inside(createdAt="x"), r"content: This is no ticket: createdAt is wrong"),
    "a bin with a version beyond all": (inside(version=1 << 63), r"content: This is no ticket: version is wrong"),
    "a bin with a long title": (inside(title="x" * 201), r"content: This is no ticket: title is wrong"),
    "a bin with a long estimate": (inside(estimate="x" * 21), r"content: This is no ticket: estimate is wrong"),
    "a bin with points below nothing": (inside(storyPoints=-5), r"content: This is no ticket: storyPoints"),
    "a bin with a child that is none": (inside(children=[{"id": 5, "key": "HARB-5"}]), r"children.0.id is wrong"),
    "a bin with a child of a long name": (
        inside(children=[{"id": "n" * 26, "key": "x" * 31}]),
        r"children.0.key is wrong",
    ),
    "a bin with a label that has none": (inside(labels=[{"id": "n" * 26, "name": 5}]), r"labels.0.name is wrong"),
    "a bin that is nested": (
        put("binned_ticket", "content", {"id": nest(40)}),
        r"content: This is nested more than 32",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_with_something_wrong_is_refused(furnished: Flask, file: Path, name: str) -> None:
    change, said = WRONG[name]
    path = changed(file, change)

    message = refused(furnished, path)

    assert re.search(said, message), message
    assert message.startswith("line ")


def test_a_project_without_an_owner_is_taken_and_told(harbour: Flask, file: Path) -> None:
    path = changed(file, lambda rows: [row.update(role="member") for row in of(rows, "membership")])

    contents = take(harbour, path)

    assert [re.sub(r"\d+", "n", warning) for warning in contents.warnings] == [
        "The project in line n has no owner: a system admin can make somebody one."
    ]


def header(file: Path, **fields: Any) -> list[Line | bytes]:
    first, *rows = lines_of(file)[:-1]
    return [first | fields, *rows]


@pytest.mark.parametrize("kept", [0, 1, 10, 100, 0.5, -9, -1])
def test_a_file_that_was_cut_off_is_refused(furnished: Flask, file: Path, kept: float) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * kept) if isinstance(kept, float) else kept])

    assert refused(furnished, file) in {
        "This file holds no export.",
        "The file is damaged, or only a part of it is here.",
        "This is no export: it is not compressed.",
    }


def test_a_file_whose_lines_end_early_is_refused(furnished: Flask, file: Path) -> None:
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes())[:-1]))

    assert "ends in the middle of a line" in refused(furnished, file)


def test_a_changed_value_is_noticed_by_the_checksum(furnished: Flask, file: Path) -> None:
    text = gzip.decompress(file.read_bytes())
    file.write_bytes(gzip.compress(text.replace(b"Booking", b"booking")))

    assert refused(furnished, file) == "The file was changed or damaged: its checksum is wrong."


def test_rows_that_are_left_out_or_more_are_noticed(furnished: Flask, file: Path) -> None:
    lines = lines_of(file)

    assert "tells of" in refused(furnished, seal(file, lines[:-2]))
    assert "tells of" in refused(furnished, seal(file, [*lines[:-1], lines[-2]]))


def test_a_header_that_counts_other_tables_is_refused(furnished: Flask, file: Path) -> None:
    counts = lines_of(file)[0]["counts"]
    swapped = counts | {"user": counts["user"] + 1, "label": counts["label"] - 1}

    assert "counts other rows than there are: label, user" in refused(
        furnished, seal(file, header(file, counts=swapped))
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no export"),
        (b"{}\n", "not compressed"),
        (gzip.compress(b"", mtime=0), "holds no export"),
        (gzip.compress(b"{}\n{}\n", mtime=0), "line 1: This is no export of PUNT"),
        (gzip.compress(b"[1]\n", mtime=0), "line 1: This is no export of PUNT"),
        (gzip.compress(b"[" * 100_000 + b"\n", mtime=0), "line 1: This is no export of PUNT"),
        (
            gzip.compress(b'{"format":"punt-export","version":1}\n', mtime=0),
            "line 1: This is not header. punt: This is required",
        ),
        (gzip.compress(b'{"format":"punt-export","version":"1"}\n', mtime=0), "line 1: This is no export of PUNT"),
        (zlib.compress(b"{}\n"), "not compressed"),
    ],
)
def test_what_is_no_export_is_refused(furnished: Flask, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    assert said in refused(furnished, path)


def test_a_newer_format_says_what_to_do(furnished: Flask, file: Path) -> None:
    path = seal(file, header(file, version=layout.VERSION + 1, news="unknown"))

    assert refused(furnished, path) == "line 1: This file is of format 2; this PUNT reads up to 1. Upgrade PUNT first."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"table":"user","table":"user","row":{}}\n', "table stands here twice"),
        (b'{"table":"user","row":{"id":"a","id":"b"}}\n', "id stands here twice"),
        (b'{"table":"ticket","row":{"version":NaN}}\n', "NaN is no number"),
        (b'{"table":"site_setting","row":{"name":"x","value":1e999}}\n', "This holds a number that is none"),
        (rb'{"\ud800":1,"\ud800":2}' + b"\n", r"\ud800 stands here twice"),
        (rb'{"table":"\udfff\u0000","row":{}}' + b"\n", r"knows no table \udfff\x00"),
        (rb'{"table":"user","row":{"\ud800":1}}' + b"\n", r"user.\ud800: There is no such column"),
        (rb'{"table":"audit_entry","row":{"\ud800":1}}' + b"\n", r"audit_entry.\ud800: There is no such column"),
        (b'{"table":"user"}\n', "row: This is required"),
        (b'{"table":"user","row":{},"more":1}\n', "more: There is no such field"),
        (b"\n", "not valid JSON"),
        (b'{"table":"user","row":\xff}\n', "not valid JSON"),
        (b'{"table":"user","row":{"version":' + b"9" * 100_000 + b"}}\n", "not valid JSON"),
        (b'{"table":"user","row":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}\n", "nested too deep"),
    ],
)
def test_a_line_that_could_be_read_in_two_ways_or_in_none_is_refused(
    furnished: Flask, file: Path, line: bytes, said: str
) -> None:
    counts = lines_of(file)[0]["counts"]
    lines = header(file, counts=counts | {"user": counts["user"] + 1})

    message = refused(furnished, seal(file, [*lines, line]))

    assert message.startswith(f"line {len(lines) + 1}")
    assert said in message


def test_a_doubled_name_among_very_many_is_found_at_once(furnished: Flask, file: Path) -> None:
    counts = lines_of(file)[0]["counts"]
    names = b",".join(b'"%06x":0' % number for number in range(300_000))
    path = seal(file, [*header(file, counts=counts | {"user": counts["user"] + 1}), b'{%b,"zz":1,"zz":2}\n' % names])

    began = time.process_time()
    message = refused(furnished, path)

    assert "zz stands here twice" in message
    assert time.process_time() - began < 5, "each name was compared with each"


def test_what_a_refusal_quotes_can_be_sent_and_read(furnished: Flask, file: Path) -> None:
    path = changed(file, told({"\n\x1b[31m\u202e⚓": 5.5}))

    assert refused(furnished, path).endswith(r"This is no change: \n\x1b[31m\u202e⚓.")


def test_every_field_that_the_audit_tells_has_a_kind() -> None:
    written = {
        {**trail.names, **trail.named, **trail.secret}.get(name, camel(name))
        for trail in TRAILS.values()
        for name in trail.fields | trail.first | trail.named.keys() | trail.secret.keys()
    }

    assert written - {PLACE} - RECORDED.keys() == set()


def test_a_bomb_of_one_endless_line_is_not_unpacked(furnished: Flask, tmp_path: Path) -> None:
    path = packed_brackets(tmp_path / "bomb", 1 << 30)
    assert path.stat().st_size < 1_100_000

    tracemalloc.start()
    began = time.process_time()
    try:
        message, peak = refused(furnished, path), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert message == f"line 1: This is longer than {LINE:,} bytes."
    assert peak < 30_000_000
    assert time.process_time() - began < 2, "it was unpacked"


def packed_brackets(path: Path, count: int) -> Path:
    """Write a gzip of one endless line of nesting; its parts are equal, so one is compressed and written often."""
    part = b"[" * (1 << 22)
    packer, checksum = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS), 0
    packed = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(count // len(part)):
        checksum = zlib.crc32(part, checksum)
    with path.open("wb") as file:
        file.write(b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + packed * (count // len(part)))
        file.write(b"\x03\0" + struct.pack("<II", checksum, count))
    return path


def test_a_bomb_of_many_lines_is_not_unpacked(furnished: Flask, file: Path) -> None:
    first = json.dumps(lines_of(file)[0]).encode() + b"\n"
    with gzip.open(file, "wb") as bomb:
        bomb.write(first)
        for _ in range(30):
            bomb.write(b"{}\n" * 100_000)

    assert "unpacks to more than 2,000,000 bytes" in refused(furnished, file, Limits(size=2_000_000))


def test_one_file_after_another_is_not_one_file(furnished: Flask, file: Path) -> None:
    file.write_bytes(file.read_bytes() * 2)

    assert "checksum is wrong" in refused(furnished, file)


def test_what_follows_the_trailer_is_noticed(furnished: Flask, file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"more")

    assert "damaged" in refused(furnished, file)


def test_an_import_that_fails_on_the_way_changes_nothing(
    harbour: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("punt.transfer.export.loading.breathe", fail)

    with nothing_changes(harbour), pytest.raises(RuntimeError, match="power cut"):
        take(harbour, file)


def test_an_older_format_is_brought_up_step_by_step(
    harbour: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if titles had been called names in version 1, and version 2 had known robots."""
    before = everything(harbour)

    def first(table: str, row: layout.Row) -> Any:
        yield table, {("title" if (table, name) == ("ticket", "name") else name): row[name] for name in row}

    def second(table: str, row: layout.Row) -> Any:
        if table != "robot":
            yield table, row

    def age(rows: list[Line]) -> None:
        for row in of(rows, "ticket"):
            row["name"] = row.pop("title")
        rows.append({"table": "robot", "row": {"id": "r2"}})

    path = changed(file, age)
    monkeypatch.setattr(layout, "VERSION", 3)
    monkeypatch.setattr(layout, "UPGRADES", {1: first, 2: second})

    take(harbour, path)

    assert everything(harbour) == before
