"""Headers that no browser sends: whatever they contain, there is a response, and never a 5xx."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.pages import PAGES, Page, things_with_numbers
from tests.support.routes import ROUTES, Route

Visit = Callable[[str | None], FlaskClient]

READ = re.findall(
    r"\S+",
    """Referer Origin Sec-Fetch-Site Host If-Match If-None-Match If-Modified-Since If-Range Range Content-Type Accept
Accept-Encoding Accept-Language Cookie Authorization X-Tab-Id Last-Event-ID Idempotency-Key Content-Encoding User-Agent
Content-Length X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-HTTP-Method-Override""",
)
"""Headers that PUNT, or what it is built on, reads."""
ODD = [
    *("", " ", "*", ",", ";;;=", "=", '"', "%", "%00", "%ff", "-1", "9" * 400, "1e9", "..", "a b", "a\tb", "x" * 5000),
    *("é", "\xff\xfe", "٣", "http://[", "http://[::1", "//[", "http://localhost:abc/", "http://a:b@[x]:99999999"),
    *("[::1", "localhost:", "localhost:99999999", "a/b", "a@b", 'W/"1"', "W/"),
    *("bytes=0-", "bytes=-5,9-1", "bytes=" + "9" * 30 + "-", "Mon, 99 Foo 9999", "gzip;q=nan", "text/html;q=x;;"),
    *("application/json; charset=nosuch", "application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data"),
    *("multipart/form-data; boundary=\xff", "Bearer", "Bearer \xff", "Basic !!!", 'Digest a="', "session=.x.y"),
]
LASTING = ("logout", "wipe", "import", "password", "setup", "/events", "DELETE", "/readyz")
"""Headers that would end the test or go on for ever, and those about the machine instead of the request."""
ASKED: list[Route | Page] = [each for each in (*ROUTES, *PAGES) if not any(word in str(each) for word in LASTING)]


@pytest.fixture(scope="module")
def things(visit: Visit) -> dict[str, str]:
    return things_with_numbers(visit("alice"))


@pytest.mark.parametrize("name", READ)
def test_whatever_stands_in_a_header_is_answered(town: Flask, visit: Visit, things: dict[str, str], name: str) -> None:
    turns = cycle(ASKED)  # each value is sent to other routes, and all values together reach every one
    for value in ODD:
        for asked in islice(turns, 5):
            for client in (visit("sue"), town.test_client()):
                answer = asked.ask(client, things, headers={name: value})
                assert answer.status_code < 500, (str(asked), value, answer.text)


def test_who_sends_a_form_signed_out_is_led_to_sign_in_whatever_page_they_came_from(town: Flask) -> None:
    pages = {
        "http://[": "/login",
        "http://localhost/projects/HARB/board?q=a": "/login?next=/projects/HARB/board?q%3Da",
        "https://evil.example/projects": "/login",
    }

    answers = {
        page: town.test_client().post("/projects/HARB/columns", data={}, headers={"Referer": page}) for page in pages
    }

    assert {page: (answer.status_code, answer.location) for page, answer in answers.items()} == {
        page: (302, target) for page, target in pages.items()
    }
