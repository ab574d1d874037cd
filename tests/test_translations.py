"""Catalogues hold every text of code, templates and scripts, and are complete in each language that is offered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import pytest
import sqlalchemy as sa
from babel.messages.catalog import Catalog, Message
from flask import Flask
from flask.testing import FlaskClient

from punt import language
from punt.database import db, writing
from punt.errors import MISSED
from punt.inputs.people import Profile
from punt.language import _, plural
from punt.models import Priority, Role, TicketType, User
from punt.models.audit.entry import KINDS
from punt.settings import ROOT
from tests.support.board import HARB, TICKETS, ticket
from tests.support.cast import PASSWORD
from tests.support.translations import extracted, known

OTHERS = sorted(language.OFFERED.keys() - {language.ENGLISH})
GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return extracted()


@pytest.fixture
def german() -> Iterator[None]:
    language.speak("de")
    yield
    language.speak(None)


def forms(message: Message) -> list[tuple[str, str]]:
    """Pair each text with its translations: the singular with the first form, the plural with all others."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    one, many = message.id
    return [(one if nth == 0 else many, text) for nth, text in enumerate(message.string or ())]


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_holds_the_texts_that_there_are_and_no_others(code: str, texts: Catalog) -> None:
    catalog = known(code)

    expected = {message.id: {path for path, _line in message.locations} for message in texts if message.id}
    held = {message.id: {path for path, _line in message.locations} for message in catalog if message.id}

    assert held == expected, "run: make translations"
    assert not catalog.obsolete


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated(code: str) -> None:
    catalog = known(code)

    left = [message.id for message in catalog if message.id and not all(text for _id, text in forms(message))]
    wrong = [message.id for message in catalog if message.id and any(message.check(catalog))]

    assert (left, wrong, [message.id for message in catalog if message.id and message.fuzzy]) == ([], [], [])


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_placeholders_of_their_texts(code: str) -> None:
    pairs = [pair for message in known(code) if message.id for pair in forms(message)]

    assert len(pairs) > 500
    assert [pair for pair in pairs if placeholders(pair[0]) - {"%(num)s"} != placeholders(pair[1]) - {"%(num)s"}] == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_brings_markup(code: str) -> None:
    pairs = [pair for message in known(code) if message.id for pair in forms(message)]

    assert [pair for pair in pairs if set(pair[1]) & set('<>&"') or set(pair[0]) & set('<>&"')] == []


def test_every_value_that_is_shown_has_its_text(texts: Catalog) -> None:
    shown = [*TicketType, *Priority, *Role, *(role.capitalize() for role in Role), *KINDS, *MISSED]

    assert [str(value) for value in shown if str(value) not in texts] == []


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(("count", "said"), [(0, "0 Tage"), (1, "1 Tag"), (2, "2 Tage"), (1234, "1.234 Tage")])
def test_a_number_chooses_the_form_of_a_text(count: int, said: str) -> None:
    assert plural("%(num)s day late", "%(num)s days late", count) == f"{said} überfällig"


@pytest.mark.usefixtures("german")
def test_a_text_that_is_in_no_catalogue_stays_english() -> None:
    assert (_("Nothing of the %(kind)s.", kind="kind"), _("")) == ("Nothing of the kind.", "")


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        (None, "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("fr, de;q=0.5", "de"),
        ("fr", "en"),
        ("en-GB, de;q=0.9", "en"),
        ("*", "en"),
        ('"<script>', "en"),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(app: Flask, asked: str | None, spoken: str) -> None:
    page = app.test_client().get("/login", headers={"Accept-Language": asked} if asked else {})

    assert f'<html lang="{spoken}" dir="ltr"' in page.text
    assert ("Anmelden" if spoken == "de" else "Sign in") in page.text
    assert "Accept-Language" in page.headers["Vary"]


def test_an_error_is_in_the_language_that_is_asked_for(bob: FlaskClient) -> None:
    wrong = bob.post(TICKETS, json={"title": ""}, headers=GERMAN)
    missing = bob.get(f"{TICKETS}/99", headers=GERMAN)
    english = bob.get(f"{TICKETS}/99")

    assert wrong.get_json()["details"] == [{"field": "title", "message": "Das ist erforderlich."}]
    assert missing.get_json() == {"error": "Ticket nicht gefunden."}
    assert english.get_json() == {"error": "Ticket not found."}


def test_what_is_kept_is_not_translated(bob: FlaskClient) -> None:
    made = bob.post(TICKETS, json={"title": "Anker lichten", "type": "Bug", "priority": "High"}, headers=GERMAN)

    assert (made.get_json()["type"], made.get_json()["priority"]) == ("Bug", "High")
    assert 'data-type="Bug"' in (page := bob.get("/projects/HARB/board", headers=GERMAN).text)
    assert 'data-field="type">Fehler<' in page
    assert 'data-field="priority">Hoch<' in page


def test_one_request_speaks_no_language_of_another(bob: FlaskClient) -> None:
    bob.get("/", headers=GERMAN)

    assert language.spoken() == "en"
    assert "Projects" in bob.get("/").text


def test_a_name_stays_escaped_in_a_translated_text(bob: FlaskClient) -> None:
    ticket(bob, 'Ship "A" <b>&</b>')
    bob.patch(HARB, json={"name": "x"})

    page = bob.get("/projects/HARB/board", headers=GERMAN).text

    assert "Ship &#34;A&#34; &lt;b&gt;&amp;&lt;/b&gt;" in page
    assert "<b>&" not in page


def test_a_wrong_password_is_refused_in_german(app: Flask) -> None:
    form = {"username": "bob", "password": f"not {PASSWORD}"}

    page = app.test_client().post("/login", data=form, headers=GERMAN)

    assert "Benutzername oder Passwort ist falsch." in page.text


def test_scripts_get_their_texts_in_a_file_of_their_own(bob: FlaskClient) -> None:
    page = bob.get("/", headers=GERMAN).text
    address = re.search(r'src="(/static/\w+/js/texts/de\.js)"', page)
    assert address

    file = bob.get(address[1])

    assert '"Undo":"Rückgängig"' in file.text
    assert '"plurals":{"other":1,"one":0}' in file.text
    assert "immutable" in file.headers["Cache-Control"]
    assert "js/texts" not in bob.get("/").text


def test_the_language_of_the_profile_counts_more_than_that_of_the_browser(bob: FlaskClient) -> None:
    saved = bob.post("/profile", data={"language": "de"}, headers={"Accept-Language": "en"}, follow_redirects=True)
    page = bob.get("/", headers={"Accept-Language": "en"})
    refused = bob.get(f"{TICKETS}/99", headers={"Accept-Language": "en"})

    assert "Profil gespeichert." in saved.text
    assert '<option value="de" selected dir="auto">Deutsch</option>' in saved.text
    assert '<html lang="de"' in page.text
    assert refused.get_json() == {"error": "Ticket nicht gefunden."}


def test_without_a_language_of_ones_own_the_browsers_counts_again(bob: FlaskClient) -> None:
    bob.patch("/api/me", json={"language": "en"})
    own = bob.get("/", headers=GERMAN).text
    chosen = bob.patch("/api/me", json={"language": None}).get_json()
    browsers = bob.get("/", headers=GERMAN).text

    assert ('<html lang="en"' in own, chosen["language"], '<html lang="de"' in browsers) == (True, None, True)


def test_a_language_that_is_not_offered_is_refused_and_others_see_none(bob: FlaskClient, alice: FlaskClient) -> None:
    wrong = bob.patch("/api/me", json={"language": "tlh"})
    bob.patch("/api/me", json={"language": "de"})

    assert (wrong.status_code, wrong.get_json()["details"][0]["field"]) == (400, "language")
    assert "language" not in alice.get(f"{HARB}/members").get_json()[0]["user"]
    assert '<html lang="en"' in alice.get("/").text


def test_a_language_that_is_not_offered_any_more_counts_for_none(app: Flask, bob: FlaskClient) -> None:
    with app.app_context(), writing():
        db.session.execute(sa.update(User).where(User.username == "bob").values(language="eo"))

    assert '<html lang="de"' in bob.get("/", headers=GERMAN).text


def test_every_language_that_is_offered_can_be_chosen() -> None:
    literal = get_args(Profile.model_fields["language"].annotation)[0]

    assert set(get_args(literal)) == set(language.OFFERED)


PHYSICAL = re.compile(
    r"(margin|padding|border)-(left|right)\b|^\s*(left|right):|text-align: (left|right)", re.MULTILINE
)


def test_styles_know_a_start_and_an_end_instead_of_left_and_right() -> None:
    sheets = sorted((ROOT / "static" / "css").glob("*.css"))

    assert len(sheets) > 30
    assert [(sheet.name, found[0]) for sheet in sheets if (found := PHYSICAL.search(sheet.read_text()))] == []
