"""Pages and scripts in the language of the browser or the profile; what script and server both say is the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from punt import language
from punt.pages import context
from tests.browser.board import add, card, column, drag
from tests.browser.conftest import Window
from tests.support.server import Server

pytestmark = pytest.mark.browser

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAYS = [NOON.date() + timedelta(days) for days in (-1000, -2, -1, 0, 1, 2, 3, *range(4, 400, 11))]
SAY = """async ([module, days]) => {
  const { dueText } = await import(module);
  return days.map((day) => [dueText(day, false), dueText(day, true)]);
}"""
SPEAK = """async (module) => {
  const { speak } = await import(module);
  const cards = [...document.querySelectorAll("[data-ticket]")].filter((card) => card.dataset.ticket);
  const said = () => cards.map((card) => card.getAttribute("aria-label"));
  const servers = said();
  cards.forEach(speak);
  return [servers, said()];
}"""


def module(page: Page, name: str) -> str:
    """Return the address of a module as it is written, beside the script of the page."""
    address = page.locator("script[src$='js/app.js']").get_attribute("src") or ""
    return address.replace("js/app.js", name)


def test_a_board_and_what_is_done_on_it_is_in_german(window: Window) -> None:
    alice, bob = window("alice", locale="de-DE"), window("bob")

    add(alice, "To Do", "Anker lichten")
    drag(alice, "Anker lichten", "Review")

    expect(alice.locator("html")).to_have_attribute("lang", "de")
    expect(alice.locator("[data-toast-text]").last).to_have_text(re.compile("^HARB-[0-9]+ nach Review verschoben[.]$"))
    expect(alice.locator("[data-toast-action]").last).to_have_text("Rückgängig")
    expect(card(alice, "Anker lichten").locator('[data-field="type"]')).to_have_text("Aufgabe")
    expect(card(alice, "Anker lichten")).to_have_attribute("aria-label", re.compile("Aufgabe.*Priorität Mittel"))
    expect(card(bob, "Anker lichten")).to_have_attribute("aria-label", re.compile("Task.*Medium priority"))
    expect(column(alice, "Review").locator("summary", has_text="Ticket hinzufügen")).to_be_visible()


def test_a_ticket_is_edited_in_german(window: Window) -> None:
    page = window("alice", locale="de-DE")
    add(page, "To Do", "Anker lichten")

    card(page, "Anker lichten").locator("[data-open]").click()
    page.get_by_label("Priorität", exact=True).last.select_option("High")
    page.get_by_role("button", name="Änderungen speichern").click()

    expect(page.locator("[data-toast-text]").last).to_have_text(re.compile("^HARB-[0-9]+ ist gespeichert[.]$"))
    expect(card(page, "Anker lichten").locator('[data-field="priority"]')).to_have_text("Hoch")
    expect(card(page, "Anker lichten")).to_have_attribute("data-priority", "High")


def test_the_profile_chooses_the_language_of_every_browser(window: Window) -> None:
    page = window("alice", "/profile")

    page.get_by_label("Language of pages and messages").select_option("de")
    page.get_by_role("button", name="Save language").click()

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(".toast__text")).to_have_text("Profil gespeichert.")
    expect(window("alice", locale="fr-FR").locator("html")).to_have_attribute("lang", "de")


@pytest.mark.parametrize("code", language.OFFERED)
def test_script_and_server_say_due_dates_alike(window: Window, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(context, "now", lambda: NOON)
    page = window("alice", locale=code)
    page.clock.set_fixed_time(NOON)
    language.speak(code)

    servers = [[context.due_text(day.isoformat(), done) for done in (False, True)] for day in DAYS]
    language.speak(None)
    scripts = page.evaluate(SAY, [module(page, "js/board/due.js"), [day.isoformat() for day in DAYS]])

    assert scripts == servers


@pytest.mark.parametrize("code", language.OFFERED)
def test_script_and_server_speak_cards_alike(window: Window, server: Server, code: str) -> None:
    client = server.client("alice")
    fields = {
        "title": "Anchor",
        "type": "Bug",
        "priority": "Highest",
        "storyPoints": 1,
        "dueDate": "2031-03-09",
    }
    client.post("/api/projects/HARB/tickets", json=fields).raise_for_status()
    client.post("/api/projects/HARB/tickets", json={"title": "Berth", "storyPoints": 600}).raise_for_status()
    page = window("alice", locale=code)

    servers, scripts = page.evaluate(SPEAK, module(page, "js/page/spoken.js"))

    assert len(servers) >= 2
    assert scripts == servers
