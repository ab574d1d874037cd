"""Files that nobody should have to import, and somebody will: small ones, by what is strange about them."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from typing import Any

CARD = {"id": "c", "name": "x", "idList": "l"}
TASK = {"id": "t", "title": "x", "projectId": "p", "columnId": "c"}
DEEP = 2000


def _trello(**more: Any) -> str:
    return json.dumps({"name": "B", "lists": [{"id": "l", "name": "L"}], "cards": [CARD]} | more)


def _wekan(**more: Any) -> str:
    board = {"_format": "wekan-board-1.0.0", "_id": "b", "lists": [{"_id": "l", "title": "L"}]}
    return json.dumps(board | {"cards": [{"_id": "c", "title": "x", "listId": "l"}]} | more)


def _planka(**more: Any) -> str:
    card = {"id": "c", "name": "x", "listId": "l"}
    return json.dumps({"item": {}, "included": {"lists": [{"id": "l", "name": "L"}], "cards": [card]} | more})


def _original(**more: Any) -> str:
    data = {
        "projects": [{"id": "p", "key": "HARB", "name": "H"}],
        "columns": [{"id": "c", "name": "C", "projectId": "p"}],
    }
    return json.dumps({"version": "1.4.0", "exportedAt": "x", "data": data | {"tickets": [TASK]} | more})


def _zip(name: str, content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def _nested_tasks(depth: int) -> str:
    task: dict[str, Any] = {"gid": "0", "name": "x"}
    for nth in range(1, depth):
        task = {"gid": str(nth), "name": "x", "subtasks": [task]}
    return json.dumps({"data": [task]})


def _lines(header: str, *values: str) -> str:
    return f"{header}\n" + "\n".join(values)


DAYS = [
    *("9999-12-31", "0000-00-00", "99999-01-01", "2026-13-01", "1/1/1", "١٢/٣/٢٠٢٦", "-1", "1e9", "Jan 99999"),
    *("2026-02-30T99:99", "12/31/99999999999999", "31.12.9999", "2026-W01-1", "31/Feb/26", "0/0/2026"),
]
POINTS = ["-1", "0", "1e3", "inf", "nan", "1_0", "٣", "²", "0x10", "5.0", "1e400", "1000", "9" * 30]
BYTES: dict[str, bytes] = {
    "nothing": b"",
    "a line end": b"\n",
    "a byte order mark": b"\xef\xbb\xbf",
    "zeros": bytes(100),
    "noise": random.Random(1).randbytes(5000),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "a gzip": gzip.compress(b"Title\nx\n"),
    "half a zip": b"PK\x03\x04",
    "a spreadsheet": _zip("xl/workbook.xml", "<x/>"),
    "a backup that climbs": _zip("../backup.json", "{}"),
    "UTF-32": "Title\nx".encode("utf-32"),
    "UTF-16 in big endian": "Title\nCafé".encode("utf-16-be"),
    "a mark of UTF-16 and a byte": b"\xff\xfe\x00",
}
TABLES: dict[str, str] = {
    "a line that names the sign and nothing": "sep=,",
    "a line that names no sign": "sep=\n",
    "two lines that name the sign": "sep=;\nsep=;\nTitle;x\na;b",
    "quotes only": '"' * 1001,
    "an open quote": 'Title\n"' + "a,b\n" * 1000,
    "an open quote before the header": '"never closed\nTitle,Status\na,b\n',
    "carriage returns": "\r\r\rTitle\rx\r",
    "all ends of lines": "Title,Status\r\na,b\rc,d\ne,f\n\r",
    "commas": "," * 1000 + "\n" + "," * 1000,
    "a wide line": "Title\n" + "x," * 5000,
    "many columns": ",".join(f"c{nth}" for nth in range(5000)) + "\n",
    "a header far below": "x\n" * 30 + "Title,Status\na,b\n",
    "a circle of parents": _lines("Key,Title,Parent", *(f"K{nth},T,K{(nth + 1) % 300}" for nth in range(300))),
    "a long line of parents": _lines("Key,Title,Parent", *(f"K{nth},T{nth},K{nth + 1}" for nth in range(600))),
    "its own parent": _lines("Key,Title,Parent", "A,x,A", "B,y,B"),
    "keys that are the same": _lines("Key,Title,Parent", "A,x,A", "A,y,A", "A,z,A"),
    "subtasks of subtasks": _lines("Key,Title,Type,Parent", "A,x,Subtask,B", "B,y,Subtask,C", "C,z,Subtask,"),
    "many labels": _lines("Title,Labels", *(f"x,l{nth}" for nth in range(501))),
    "many columns of the board": _lines("Title,Status", *(f"x,l{nth}" for nth in range(101))),
    "a label in all cases": _lines("Title,Labels", "a,Straße", "b,STRASSE", "c,strasse", "d,ſtrasse"),
    "an address of at signs": "Title,Assignee\nx,<" + "@" * 60_000,
    "many people on one": 'Title,Assignee\nx,"' + ";".join(f"p{nth}" for nth in range(5000)) + '"',
    "signs that browsers count twice": f"Title,Labels,Status\n{'🦞' * 300},{'🦞' * 80},{'🦞' * 80}\n",
    "accents on accents": f"Title,Status\ne{chr(0x301) * 1000},e{chr(0x301) * 100}\n",
    "right to left": "Title,Status\n\u202eשלום\u202c,\u200f\n",
    "nothing to see": "Title,Status,Labels\nx,\u200b,\u2060\n\u200b,y,z\n",
    "controls": "Title,Status,Labels\n\x01\x02x\x7f,\x1b[31mred,\x0b\n\x0cy\x85,a\u2028b,c\n",
    "formulas": "Title\n=cmd|' /C calc'!A0\n@SUM(1)\n'=1\n",
    "markup": "Title,Description\n<script>alert(1)</script>,<img src=x onerror=1>\n",
    "days": _lines("Title,Due,Start", *(f"x,{day},{day}" for day in DAYS)),
    "points": _lines("Title,Points", *(f"x,{each}" for each in POINTS)),
    "estimates of Jira": _lines("Summary,Issue key,Issue id,Original estimate", *(f"x,k,1,{each}" for each in POINTS)),
}
JSONS: dict[str, str] = {
    "a text": '"x"',
    "a number": "5",
    "null": "null",
    "lines of JSON": '{"title": "a"}\n{"title": "b"}\n',
    "nested lists": "[" * DEEP + "]" * DEEP,
    "nested objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "a nested cell": '[{"title": "x", "labels": ' + "[" * 500 + "]" * 500 + "}]",
    "NaN": '[{"title": "x", "points": NaN}]',
    "more than any number": '[{"title": "x", "points": 1e999, "estimate": -1e999}]',
    "a long number": '[{"title": 1' + "0" * 4000 + "}]",
    "a longer number": '[{"title": 1' + "0" * 5000 + "}]",
    "a member twice": '[{"title": "a", "title": "b"}]',
    "things of all kinds": '[{"title": "a"}, 5, null]',
    "empty things": "[{}, {}]",
    "members without names": '[{"": "x", "title": "y", " ": "z"}]',
    "halves of characters": '[{"title": "\\ud800 x", "labels": ["\\udfff"], "\\ud83d": "q", "state": "\\udc00"}]',
    "zeros in texts": '[{"title": "a\\u0000b", "labels": ["\\u0000"], "state": "\\u0001", "body": "x\\u0000y"}]',
    "other types": '[{"title": {"a": 1}, "labels": {"b": 2}, "body": [1, [2]], "assignees": [null, {"login": 5}]}]',
    "a board without cards": _trello(cards=None),
    "a card that is none": _trello(cards=[None]),
    "a place that is no number": _trello(cards=[CARD | {"pos": "top"}]),
    "a place beyond all": _trello(cards=[CARD | {"pos": 1e308}]).replace("1e+308", "1e999"),
    "colours that are none": _trello(
        labels=[{"id": each, "color": each} for each in ("__", "green_dark_dark", "_dark", "dark", " ")]
    ),
    "lists and cards of one id": _trello(lists=[{"id": "l", "name": "L"}] * 3, cards=[CARD] * 5),
    "names of colours that are none": _trello(labelNames={"red": None}),
    "labels of no kind": _trello(cards=[CARD | {"labels": [{}, {"color": "red"}], "idLabels": ["", "x"]}]),
    "cards of WeKan in a circle": _wekan(
        cards=[{"_id": each, "listId": "l", "title": each, "parentId": other} for each, other in ("ab", "ba")]
    ),
    "a format that is no text": _wekan(_format=5, swimlanes=[]),
    "a list of WeKan with an odd limit": _wekan(lists=[{"_id": "l", "wipLimit": 5}]),
    "tasks of PLANKA of nobody": _planka(tasks=[{"id": "t", "name": "a"}, {"name": "b", "taskListId": "z"}]),
    "labels of PLANKA of nothing": _planka(cardLabels=[{"cardId": "c"}]),
    "nothing included": '{"included": null}',
    "no data of Asana": '{"data": []}',
    "odd members of Asana": json.dumps(
        {
            "data": [
                {"gid": "1", "name": "x", "memberships": 5, "tags": "x", "assignee": [1], "parent": 7, "subtasks": {}}
            ]
        }
    ),
    "deep tasks of Asana": _nested_tasks(150),
    "a backup of nothing": '{"version": 1, "exportedAt": "x", "data": null}',
    "tickets in no column": _original(tickets=[TASK | {"columnId": "z"}]),
    "odd points": _original(tickets=[TASK | {"storyPoints": each} for each in (1e300, 2.5, -1)]),
    "odd types": _original(tickets=[TASK | {"type": "weird", "priority": None, "labelIds": None}]),
    "tickets in a circle": _original(tickets=[TASK | {"parentId": "u"}, TASK | {"id": "u", "parentId": "t"}]),
    "a long comment": _original(comments=[{"ticketId": "t", "content": "y" * 60_000}]),
    "a history of all times": _original(
        ticketActivities=[
            {"ticketId": "t", "createdAt": each, "field": "x" * 99, "oldValue": {"a": [1]}}
            for each in ("", "9999-12-31", "0001-01-01T00:00:00+23:59", "2020-01-01", "x")
        ]
    ),
}
STRANGE: dict[str, dict[str, bytes]] = {
    "bytes": BYTES,
    "tables": {name: text.encode("utf-8", "surrogatepass") for name, text in TABLES.items()},
    "JSON": {name: text.encode() for name, text in JSONS.items()},
}
