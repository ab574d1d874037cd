"""Tables as people and programs write them: which column is what, and which lines contain tickets."""

from __future__ import annotations

from collections import Counter

import pytest

from punt.transfer.boards.cards import Plan
from punt.transfer.boards.fields import FIELDS
from punt.transfer.boards.sheet import LONGEST
from punt.transfer.refusal import Refusal
from tests.support.tables import read_csv


def read(*lines: str, end: str = "\n") -> Plan:
    return read_csv(end.join(lines).encode())


def told(plan: Plan) -> list[tuple[str, str | None, list[str]]]:
    return [(card.title, card.column, card.labels) for card in plan.cards]


def test_no_name_means_two_fields() -> None:
    names = Counter(name for field in FIELDS.values() for name in field.names)

    assert set(names.values()) == {1}


BEST = {
    "Issue,Title,State\nX-1,Paint,Doing": ("Paint", "Doing", []),
    "Task,Name,Summary\nX-1,X-2,Paint": ("Paint", None, []),
    '"Task Id",Project,Status,Category,Column,Title\n7,Harbour,Open,Quay,Doing,Paint': ("Paint", "Doing", ["Quay"]),
    "Name,Section/Column,Tags\nPaint,Doing,Quay": ("Paint", "Doing", ["Quay"]),
    "Status,Status Category,Summary\nDoing,Progress,Paint": ("Paint", "Doing", []),
    "Card Name,List Name,Board Name,Labels\nPaint,Doing,Harbour,Quay": ("Paint", "Doing", ["Quay"]),
    "Category,Tags,Title\nOther,Quay,Paint": ("Paint", None, ["Quay"]),
    "cardName,list_name\nPaint,Doing": ("Paint", "Doing", []),
}


@pytest.mark.parametrize("text", BEST)
def test_the_best_name_wins_wherever_it_stands(text: str) -> None:
    assert told(read(text)) == [BEST[text]]


def test_columns_of_one_name_hold_several_values() -> None:
    plan = read("Summary,Labels,Labels,labels,Status", "Paint,red,,white,Doing", "Sweep,,,,")

    assert told(plan) == [("Paint", "Doing", ["red", "white"]), ("Sweep", None, [])]
    assert not plan.left


def test_of_several_values_for_one_place_the_first_is_taken_and_the_others_are_told() -> None:
    plan = read("Title,Title,Status,Status", "Paint,Sweep,Doing,Doing", ",Wait,,Done")

    assert told(plan) == [("Paint", "Doing", []), ("Wait", "Done", [])]
    assert plan.left == {"Further values of “Title”": 1}


def test_columns_that_name_a_person_in_several_ways_mean_one_person() -> None:
    plan = read("Title,Assignee,Assignee Email", "Paint,Bob Keller,bob@example.org", "Sweep,,bob@example.org")

    assert [card.people for card in plan.cards] == [[("Bob Keller", "bob@example.org")], [("bob@example.org",)]]


def test_a_name_with_an_address_is_two_names_of_one_person() -> None:
    plan = read("Title,Assigned To", "Paint,Bob Keller <bob@example.org>", "Sweep,<zoe@example.org>; x < y")

    assert [card.people for card in plan.cards] == [
        [("Bob Keller", "bob@example.org")],
        [("zoe@example.org",), ("x < y",)],
    ]


TAKEN = {
    "a first line that names the sign": "sep=;\nTitle;Status;Labels\nPaint, red;Doing;a\n",
    "a quoted first line that names the sign": '"sep=;"\r\nTitle;Status;Labels\r\nPaint, red;Doing;a\r\n',
    "lines that end with CR": "Title;Status;Labels\rPaint, red;Doing;a\r",
    "lines that end with CR LF": 'Title,Status,Labels\r\n"Paint, red",Doing,a\r\n',
    "blanks before quotes": 'Title, Status, Labels\n"Paint, red", "Doing", "a"\n',
    "blanks behind quotes": '"Title" ,"Status" ,Labels\n"Paint, red" , "Doing" ,"a" \n',
    "tabs": "Title\tStatus\tLabels\nPaint, red\tDoing\ta\n",
    "a line before the header": 'Tickets of the harbour\nTitle,Status,Labels\n"Paint, red",Doing,a\n',
    "several lines before the header": "Report; 2026\n\n;;\nBy;Alice\nTitle;Status;Labels\nPaint, red;Doing;a\n",
    "a header whose sign is rare before it": "a, b, c, d, e\nTitle;Status;Labels\nPaint, red;Doing;a\n",
    "empty lines": '\n\n,,\nTitle,Status,Labels\n\n"Paint, red",Doing,a\n,,\n',
    "blanks around names": '\ufeff Title , Status , Labels \n"Paint, red",Doing,a',
    "apostrophes against formulas": 'Title,Status,Labels\n"Paint, red",Doing,a\n\'=1+1,,\n',
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN.keys())
def test_tables_are_taken_as_programs_write_them(text: str) -> None:
    assert told(read(text))[0] == ("Paint, red", "Doing", ["a"])


def test_the_example_with_blanks_before_quotes() -> None:
    assert told(read('Title, Status, Labels\nPaint, "Doing", "a, b"')) == [("Paint", "Doing", ["a", "b"])]


def test_what_stands_before_the_header_is_told() -> None:
    plan = read("Tickets of the harbour", "made on Monday", "Title,Status", "Paint,Doing")

    assert plan.left == {"Lines before the header": 2}


def test_a_table_of_one_column_is_not_parted_by_what_stands_in_it() -> None:
    plan = read("Title", "Paint, red", "Sweep, and wait", "Rest")

    assert [card.title for card in plan.cards] == ["Paint, red", "Sweep, and wait", "Rest"]
    assert not plan.left


def test_a_line_of_words_that_are_names_of_columns_is_no_header() -> None:
    plan = read("Title", "Task", "Story", "Name")

    assert [card.title for card in plan.cards] == ["Task", "Story", "Name"]


def test_a_quote_inside_of_a_value_is_a_sign_like_any_other() -> None:
    assert told(read("Title,Status", 'Paint, "red" ones')) == [("Paint", '"red" ones', [])]


def test_what_cannot_be_read_is_told_with_its_line() -> None:
    with pytest.raises(Refusal, match=r"^line 3: This is no CSV: ',' expected after '\"'\.$"):
        read("Title,Status", "Paint,Doing", '"Sweep" the,Doing')


def test_what_is_not_utf_8_is_told_with_its_line_whatever_ends_lines() -> None:
    for end in ("\n", "\r", "\r\n"):
        with pytest.raises(Refusal, match=r"^line 3: This is not UTF-8"):
            read_csv(end.join(["Title", "Paint", "Café"]).encode("latin-1"))


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(Refusal, match="more than 20,000 lines"):
        read("Title,Status", *[",Doing"] * (LONGEST + 1))


def test_lines_that_are_archived_are_not_taken_and_told() -> None:
    plan = read("Title,Archived", "Paint,false", "Sweep,TRUE", "Wait,", "Old,2024-05-14T08:53:33Z")

    assert [card.title for card in plan.cards] == ["Paint", "Wait"]
    assert plan.left == {"Archived lines": 2}


def test_what_other_trackers_call_otherwise_is_understood() -> None:
    plan = read(
        "Title,Type,Priority",
        "a,Sub-task,Urgent",
        "b,user_story,No priority",
        "c,Defect,Blocker",
        "d,Chore,P1",
        "e,,minor",
    )

    assert [(card.type, card.priority) for card in plan.cards] == [
        ("Subtask", "Critical"),
        ("Story", "Medium"),
        ("Bug", "Critical"),
        ("Task", "Medium"),
        ("Task", "Low"),
    ]
    assert plan.left == {"Type “Chore”, unknown here": 1, "Priority “P1”, unknown here": 1}


def test_names_that_become_one_are_told_once_for_each_spelling() -> None:
    plan = read("Title,Status,Labels", "a,Doing,Bug", "b,doing,bug", "c,DOING,bug", "d,doing,Bug")

    assert (plan.columns, list(plan.labels)) == (["Doing"], ["Bug"])
    assert plan.left == {
        "Column “doing”, made one with “Doing”": 1,
        "Column “DOING”, made one with “Doing”": 1,
        "Label “bug”, made one with “Bug”": 1,
    }


def test_long_names_that_become_one_when_cut_are_told() -> None:
    plan = read("Title,Status", f"a,{'x' * 50}1", f"b,{'x' * 50}2")

    assert plan.columns == ["x" * 50]
    assert plan.left["Names of columns and labels cut after 50 characters"] == 2
    assert sum("made one" in what or "more than once" in what for what in plan.left) == 1


PARENTS = "Issue key,Issue id,Summary,Issue Type,Parent\n"


def test_parents_are_found_by_key_id_or_title() -> None:
    plan = read(
        PARENTS + "H-2,12,Form,Sub-task,11\nH-1,11,Booking,Story,Berths\nH-3,13,Berths,Epic,\nH-4,14,Fee,Task,h-1"
    )

    assert [card.parent for card in plan.cards] == [1, 2, None, 1]
    assert not plan.left


def test_what_can_be_no_parent_is_told() -> None:
    lines = ["H-1,1,One,Task,H-2", "H-2,2,Two,Task,H-3", "H-3,3,Three,Task,H-1", "H-4,4,Four,Task,H-4"]
    more = ["H-5,5,Five,Task,H-99", "H-6,6,Six,Sub-task,", "H-7,7,Seven,Task,H-6"]

    plan = read(PARENTS + "\n".join(lines + more))

    assert [card.parent for card in plan.cards] == [None, 2, 0, None, None, None, None]
    assert plan.left == {
        "Parents that made a circle": 1,
        "Tickets that are their own parents": 1,
        "Parents that are not in this file": 1,
        "Parents that are subtasks, which have no children here": 1,
    }
