"""What holds on every page with content."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.settings import ROOT
from tests.support.pages import PAGES, PUBLIC, Page, Things, things_with_numbers

Visit = Callable[[str | None], FlaskClient]
SHOWN = [page for page in PAGES if page.method == "GET" and page.who is not PUBLIC and page.status == 200]
FORM = re.compile(r"<form\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>")
ACTION = re.compile(r'action="([^"]*)"')
PLAIN = re.compile(r'field\("(username|key|heir)"')
"""ASCII fields, which every browser counts as Python does."""
CHANGEABLE = re.compile(r'data-draft="(label:|column:|settings:|ticket:|person:|profile"|site")')
"""Forms that change existing things, and may be outdated."""
NAMED = re.compile(r"data-(user-name=|project-name=\"\{\{|column-name\b|label-name\b)")
NOT_PROSE = re.compile(r'type="(hidden|file|radio|checkbox|color|date|password|\{\{)|readonly|hidden>')
"""Fields in which nobody types a text."""
CONTROLS = {"input", "select", "textarea"}
OF_A_PASSWORD = {"/login", "/setup", "/register", "/profile/password"}
"""Where a browser that knows the person is helpful."""
HELPED = {"current-password", "new-password"}


class Passwords(HTMLParser):
    """Finds password fields: the attributes of each, and how its form is sent."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: list[tuple[dict[str, str | None], str | None]] = []
        self._method: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self._method = told.get("method")
        if "password" in (told.get("name") or "").lower() or told.get("type") == "password":
            self.fields.append((told, self._method))


class Kept(HTMLParser):
    """Finds what Firefox would restore on reload over the server's values: controls, and disabled buttons."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.controls: list[str] = []
        self._keeps = False
        self._blank = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._blank = self._blank or tag == "template"
        if tag == "form":
            self._keeps = told.get("autocomplete") == "off" or told.get("action") in OF_A_PASSWORD
        kept = self._keeps or told.get("autocomplete") == "off" or told.get("type") == "button" or told.get("form")
        if tag in CONTROLS and not kept and not self._blank:
            self.controls.append(f"{tag} {told}")

    def handle_endtag(self, tag: str) -> None:
        self._keeps = self._keeps and tag != "form"
        self._blank = self._blank and tag != "template"


@pytest.fixture(scope="module")
def things(visit: Visit) -> Things:
    return things_with_numbers(visit("alice"))


def pages(visit: Visit, things: Things) -> dict[str, str]:
    """Request each as a system admin, who sees them all."""
    sue = visit("sue")
    answers = {str(page): page.ask(sue, things) for page in SHOWN}
    return {name: answer.text for name, answer in answers.items() if answer.mimetype == "text/html"}


def test_one_can_sign_out(visit: Visit, things: Things) -> None:
    shown = pages(visit, things)

    assert len(shown) > 15
    assert not [
        name for name, text in shown.items() if '<form method="post" action="/logout" autocomplete="off">' not in text
    ]


@pytest.mark.parametrize("page", SHOWN, ids=str)
def test_only_the_browser_may_keep_it_and_asks_again(visit: Visit, things: Things, page: Page) -> None:
    answer = page.ask(visit("sue"), things)

    assert answer.headers["Cache-Control"] in {"private, no-cache", "no-store"}


def test_a_page_with_values_that_it_does_not_follow_is_asked_for_anew_on_the_way_back(
    visit: Visit, things: Things
) -> None:
    answers = {str(page): page.ask(visit("sue"), things) for page in SHOWN}

    not_kept = {name for name, answer in answers.items() if answer.headers["Cache-Control"] == "no-store"}
    changeable = {name for name, answer in answers.items() if CHANGEABLE.search(answer.text)}
    assert not_kept == changeable - {"GET /projects/<key>/settings", "GET /projects/<key>/tickets/<int:number>"}
    assert len(not_kept) == 5


def test_passwords_are_hidden_helped_with_and_never_in_an_address(
    visit: Visit, things: Things, empty_app: Flask
) -> None:
    visit("sue").patch("/api/admin/settings", json={"registration": True})
    shown = pages(visit, things) | {path: visit(None).get(path).text for path in ("/login", "/register")}
    shown["/setup"] = empty_app.test_client().get("/setup").text

    found = {name: fields for name, text in shown.items() if (fields := Passwords(text).fields)}
    assert {"/login", "/register", "/setup", "GET /profile", "GET /admin/people/<user_id>"} < set(found)
    for name, fields in found.items():
        for field, method in fields:
            assert (field.get("type"), method) == ("password", "post"), name
            assert field.get("autocomplete") in HELPED, name
            assert not {"onpaste", "readonly", "maxlength"} & set(field), name
    scripts = (path.read_text() for path in (ROOT / "static" / "js").rglob("*.js"))
    assert not [text for text in scripts if '"paste"' in text]


def test_firefox_puts_nothing_back_on_reload_over_what_the_server_wrote(visit: Visit, things: Things) -> None:
    shown = pages(visit, things)

    found = {name: controls for name, text in shown.items() if (controls := Kept(text).controls)}

    assert not found
    assert [name for name, text in shown.items() if "<form" in text]


def test_every_form_but_those_of_a_password_asks_that_nothing_is_put_back() -> None:
    templates = {path.name: path.read_text() for path in (ROOT / "templates").rglob("*.html")}

    forms = {(name, form) for name, text in templates.items() for form in FORM.findall(text)}

    assert len(forms) > 40
    asking = {each for each in forms if 'autocomplete="off"' in each[1]}
    assert {ACTION.findall(form)[0] for _, form in forms - asking} == OF_A_PASSWORD
    scripts = (path.read_text() for path in (ROOT / "static" / "js").rglob("*.js"))
    assert not [text for text in scripts if "<form" in text or 'create("form"' in text]


def test_no_field_takes_less_than_the_server_does_of_what_a_browser_counts_twice() -> None:
    templates = (path.read_text() for path in (ROOT / "templates").rglob("*.html"))

    lines = [line for text in templates for line in text.splitlines() if "maxlength" in line]

    assert len(lines) > 25
    assert not [line for line in lines if "|units" not in line and not PLAIN.search(line)]


def test_what_people_write_and_read_runs_in_its_own_direction() -> None:
    templates = "".join(path.read_text() for path in sorted((ROOT / "templates").rglob("*.html")))

    tags = re.findall(r"<(?:\{\{.*?\}\}|\{%.*?%\}|[^>{%])+>", templates)

    named = [tag for tag in tags if NAMED.search(tag)]
    typed = [tag for tag in tags if re.match("<(input|textarea)\\b", tag) and not NOT_PROSE.search(tag)]
    assert min(len(named), len(typed)) > 10
    assert not [tag for tag in [*named, *typed] if 'dir="auto"' not in tag]
