"""The text on the wire, read back by two clients of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import httpx_sse
import pytest
import sseclient
from hypothesis import given
from hypothesis import strategies as st

from punt.events import sse

Parse = Callable[[bytes], list[Any]]
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1).map(
    lambda text: f"={text}"  # a reader takes one space after the colon away
)


def with_httpx_sse(stream: bytes) -> list[Any]:
    response = httpx.Response(200, headers=sse.HEADERS, content=stream)
    return list(httpx_sse.EventSource(response).iter_sse())


def with_sseclient(stream: bytes) -> list[Any]:
    return list(sseclient.SSEClient(iter([stream])).events())


clients = pytest.mark.parametrize("parse", [with_httpx_sse, with_sseclient])


def test_a_message_has_an_id_and_no_name_so_that_onmessage_gets_it() -> None:
    assert sse.message("e1-7", '{"a":1}') == b'id: e1-7\ndata: {"a":1}\n\n'


def test_every_line_of_a_text_is_a_data_line_of_its_own() -> None:
    assert sse.message("e1-7", "a\nb\r\nc\rd") == b"id: e1-7\ndata: a\ndata: b\ndata: c\ndata: d\n\n"


def test_a_keepalive_is_a_comment_and_a_blank_line() -> None:
    assert sse.KEEPALIVE == b": keepalive\n\n"


def test_a_ping_has_a_name_so_that_onmessage_does_not_get_it() -> None:
    assert sse.ping("e1-7") == b"id: e1-7\nevent: ping\ndata: {}\n\n"


def test_an_opening_gives_the_cursor_without_a_message() -> None:
    assert sse.opening("e1-7", 1000) == b": connected\nretry: 1000\nid: e1-7\n\n"


def test_a_hint_to_come_back_is_in_milliseconds() -> None:
    assert sse.retry(250) == b"retry: 250\n\n"


@clients
def test_no_place_now_is_a_hint_for_browsers_and_an_event_for_scripts(parse: Parse) -> None:
    [event] = parse(sse.busy(34_000))

    assert (event.event, event.data, int(event.retry)) == ("busy", "34000", 34_000)


@clients
@given(texts)
def test_any_text_comes_out_as_it_went_in(parse: Parse, text: str) -> None:
    [event] = parse(sse.message("e1-7", text))

    assert (event.event, event.data, event.id) == ("message", text, "e1-7")


@clients
def test_many_lines_come_out_as_many_lines(parse: Parse) -> None:
    [event] = parse(sse.message("e1-7", "one\r\ntwo\n\nfour"))

    assert event.data == "one\ntwo\n\nfour"


@clients
def test_signs_of_life_carry_the_cursor_and_no_message(parse: Parse) -> None:
    stream = sse.opening("e1-6", 1000) + sse.KEEPALIVE + sse.ping("e1-7") + sse.retry(200)

    events = parse(stream)

    assert [event.event for event in events if event.data] == ["ping"]
    assert [event.id for event in events if event.event == "ping"] == ["e1-7"]
