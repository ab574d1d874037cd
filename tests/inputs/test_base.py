"""Reading bodies, forms and queries, and reporting errors in one way."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, ClassVar

import pytest
from flask import Flask
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from punt.errors import Invalid
from punt.inputs.base import Color, Id, Input, ManyLines, Name50, body, form, invalid, query


class Berth(Input):
    NONE_WHEN_EMPTY: ClassVar = ("wipLimit",)

    name: Name50
    wip_limit: int | None = None
    label_ids: list[Id] = []
    color: Color = "#000000"


class Note(Input):
    text: Annotated[str, ManyLines]


def read(text: str, content_type: str = "application/json") -> Berth:
    with Flask("test").test_request_context(method="POST", data=text, content_type=content_type):
        return body(Berth)


def refused(text: str, content_type: str = "application/json") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read(text, content_type)
    first = caught.value.details[0]
    assert caught.value.message == f"{first.field}: {first.message}"
    return [(detail.field, detail.message) for detail in caught.value.details]


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/a+json"])
def test_a_json_body_is_read(content_type: str) -> None:
    asked = read('{"name": " Quay ", "wipLimit": 3, "color": "#ABCDEF"}', content_type)

    assert (asked.name, asked.wip_limit, asked.color) == ("Quay", 3, "#abcdef")
    assert asked.given() == {"name": "Quay", "wip_limit": 3, "color": "#abcdef"}


def test_what_is_wrong_is_said_in_plain_words() -> None:
    assert refused("{}") == [("name", "This is required.")]
    assert refused('{"name": ""}') == [("name", "This is required.")]
    assert refused('{"name": "x", "y": 1}') == [("y", "There is no such field.")]
    assert refused(f'{{"name": "{"x" * 51}"}}') == [("name", "At most 50 characters.")]
    assert refused('{"name": "a\\nb"}') == [("name", "Use plain text on one line.")]
    assert refused("{") == [("body", "This is not valid JSON.")]
    assert refused("[]")[0][0] == "body"
    assert refused('{"name": "x"}', "text/plain")[0][0] == "Content-Type"


def test_types_are_not_guessed() -> None:
    assert [refused(f'{{"name": "x", "wipLimit": {value}}}')[0][0] for value in ('"3"', "3.5", "true", "[]")] == [
        "wipLimit"
    ] * 4


def test_a_list_names_the_place_of_what_is_wrong() -> None:
    assert [field for field, _ in refused('{"name": "x", "labelIds": ["a", "b c", 3]}')] == ["labelIds.1", "labelIds.2"]


def test_python_names_are_no_names_of_the_api() -> None:
    assert refused('{"name": "x", "wip_limit": 3}') == [("wip_limit", "There is no such field.")]


def test_a_form_gives_texts_that_are_turned_into_what_is_meant() -> None:
    fields = MultiDict([("name", "Quay"), ("wipLimit", "3"), ("labelIds", "a"), ("labelIds", "b"), ("csrf", "x")])

    asked = form(Berth, fields, lists=("labelIds",))

    assert asked.given() == {"name": "Quay", "wip_limit": 3, "label_ids": ["a", "b"]}


def test_an_empty_field_of_a_form_means_none_where_there_may_be_none() -> None:
    asked = form(Berth, MultiDict({"name": "Quay", "wipLimit": " ", "labelIds": ""}), lists=("labelIds",))

    assert asked.given() == {"name": "Quay", "wip_limit": None, "label_ids": []}


def test_an_empty_field_of_a_form_is_wrong_where_there_must_be_something() -> None:
    with pytest.raises(Invalid) as caught:
        form(Berth, MultiDict({"name": " "}))

    assert [detail.field for detail in caught.value.details] == ["name"]


def test_an_empty_parameter_of_a_query_was_not_asked_for() -> None:
    with Flask("test").test_request_context("/?name=Quay&wipLimit="):
        assert query(Berth).given() == {"name": "Quay"}


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\rb"])
def test_lines_end_in_one_way(text: str) -> None:
    assert Note(text=text).text == "a\nb"


@pytest.mark.parametrize("text", ["\0", "\x1b", "\x7f", "\x0b"])
def test_control_characters_are_no_text(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Note(text=text)

    assert [detail.field for detail in invalid(caught.value).details] == ["text"]


@pytest.mark.parametrize("name", ["日本語", "مرحبا", "👩‍👩‍👧", "Zoë", "a\u00a0b", "x" * 50])
def test_names_are_in_any_language(name: str) -> None:
    asked: Any = Berth.model_validate({"name": name})

    assert asked.name == name


UNSEEN = [
    "\u200b",
    "\u200b \u2060",
    "\ufeff",
    "\u00ad\u200d",
    "\u3164",
    "\u2800",
    "\u200e\u200f\u202a",
    "\ufe0f",
    "\u061c",
]
SEEN = ["\u200b.", "❤\ufe0f", "\u200fשלום", "👩\u200d👩\u200d👧", "a\u200bb", ".", "१", "🏴\U000e0067\U000e007f", "ﷺ"]


@pytest.mark.parametrize("name", [*UNSEEN, "\U000e0067"])
def test_a_name_that_shows_nothing_is_empty(name: str) -> None:
    assert refused(json.dumps({"name": name})) == [("name", "This is required.")]


@pytest.mark.parametrize("name", SEEN)
def test_a_name_keeps_what_shows_nothing_beside_what_does(name: str) -> None:
    assert read(json.dumps({"name": f" {name} "})).name == name


@pytest.mark.parametrize("name", [*UNSEEN, *SEEN, "", " ", " a ", "x" * 50, "x" * 51, "a\nb"])
def test_the_api_tells_by_a_pattern_what_a_name_is(name: str) -> None:
    pattern = Berth.model_json_schema()["properties"]["name"]["pattern"]

    try:
        Berth.model_validate({"name": name})
    except ValidationError:
        assert not re.search(pattern, name)
    else:
        assert re.search(pattern, name)
