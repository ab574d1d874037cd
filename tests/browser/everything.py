"""Everything that can be done on a board, once."""

from __future__ import annotations

from contextlib import closing

from playwright.sync_api import expect

from tests.browser.board import card, column, expect_titles
from tests.browser.hands import DIALOG, Hands
from tests.support.server import Server

NAMES = "[data-column-panel] [data-column-name]"
SHOWN = "[data-ticket]:not([hidden]) [data-field=title]"


def do(hands: Hands) -> None:
    """Do every action of the board once; the caller checks the result."""
    for title in ("Oil the crane", "Paint the pier", "Sweep the slip", "Mend the nets"):
        hands.add("To Do", title)
    hands.put_above("Sweep the slip", "Oil the crane")
    hands.choose("Paint the pier", "To the top")
    hands.choose("Paint the pier", "Down")
    hands.put_into("Oil the crane", "In Progress")
    hands.choose("Oil the crane", "Review")
    hands.select("Sweep the slip", "Paint the pier")
    hands.move_selected("Done")
    hands.choose("Sweep the slip", "To the bottom")
    hands.choose("Sweep the slip", "Up")
    hands.choose("Sweep the slip", "Down")
    expect(hands.page.locator("[data-pending]")).to_have_count(0)
    hands.undo()
    expect_titles(hands.page, "Done", ["Sweep the slip", "Paint the pier"])
    _change_tickets(hands)
    _find_tickets(hands)
    _change_columns(hands)


def _change_tickets(hands: Hands) -> None:
    page, dialog = hands.page, hands.dialog

    hands.open("Oil the crane", "title")
    hands.write(dialog.locator("[name=title]"), "Oil both cranes")
    _save(hands)
    hands.open("Oil both cranes", "assigneeId")
    hands.pick(dialog.locator("[name=assigneeId]"), "Bob Keller")
    _save(hands)
    hands.open("Oil both cranes", "newLabel")
    hands.write(dialog.locator("[name=newLabel]"), "quay")
    hands.hit(dialog.locator("[data-label-add]"))
    expect(dialog.locator("[data-label-choices]").get_by_label("quay")).to_be_checked()
    _save(hands)
    hands.open("Paint the pier", "labelIds")
    hands.hit(dialog.locator("[data-label-choices] label", has_text="quay"))
    _save(hands)
    hands.open("Paint the pier", "dueDate")
    hands.date(dialog.locator("[name=dueDate]"), 2030, 5, 9)
    _save(hands)
    for title, priority in (("Paint the pier", "Critical"), ("Sweep the slip", "Lowest")):
        hands.open(title, "priority")
        hands.pick(dialog.locator("[name=priority]"), priority)
        _save(hands)
    hands.undo()
    expect(card(page, "Sweep the slip").locator("[data-field=priority]")).to_have_text("Medium")
    for _ in range(2):
        _delete(hands, "Mend the nets")
        expect(card(page, "Mend the nets")).to_have_count(0)
        hands.undo()
        expect(card(page, "Mend the nets")).to_have_count(1)
    _delete(hands, "Mend the nets")


def _save(hands: Hands) -> None:
    mark = hands.dialog.locator("[data-ticket-form] [data-draft-mark]")
    expect(mark).to_be_visible()
    hands.hit(hands.dialog.get_by_role("button", name="Save"))
    expect(mark).to_be_hidden()
    hands.close()
    expect(hands.dialog).to_be_hidden()


def _delete(hands: Hands, title: str) -> None:
    hands.open(title, "version")
    hands.hit(hands.dialog.locator(".remover summary"))
    hands.hit(hands.dialog.locator("form[data-delete-form] button"))
    expect(hands.dialog).to_be_hidden()


def _find_tickets(hands: Hands) -> None:
    page = hands.page
    filters = page.locator("[data-filters]")

    hands.write(page.locator("[data-search]"), "the")
    expect(page.locator(SHOWN)).to_have_text(["Sweep the slip", "Paint the pier"])
    if page.locator("[data-filters] .filters__fold").is_visible():
        hands.hit(filters.get_by_role("button", name="Filters"))
    else:
        hands.hit(filters.get_by_role("button", name="Label"))
    hands.hit(filters.locator("label", has_text="quay"))
    expect(page.locator(SHOWN)).to_have_text(["Paint the pier"])
    hands.leave()
    hands.hit(filters.get_by_text("Clear filters"))
    expect(page.locator(SHOWN)).to_have_text(["Oil both cranes", "Sweep the slip", "Paint the pier"])

    hands.look_for("both")
    expect(page.locator("[data-switcher] [data-hit]")).to_have_count(1)
    hands.hit(page.locator("[data-switcher] [data-hit]"))
    expect(page.locator(DIALOG).locator("[name=title]")).to_have_value("Oil both cranes")
    hands.close()


def _change_columns(hands: Hands) -> None:
    page = hands.page
    adder, settings = page.locator("[data-column-new]"), page.locator("[data-column-dialog]")

    def menu(name: str, *item: str) -> None:
        hands.hit(column(page, name).locator("[popovertarget]"))
        if item:
            hands.hit(page.locator(".column__menu:popover-open").get_by_text(*item))

    hands.hit(adder.locator("summary"))
    hands.write(adder.locator("[name=name]"), "Waiting")
    hands.hit(adder.get_by_role("button", name="Add"))
    expect(page.locator(NAMES)).to_have_text(["To Do", "In Progress", "Review", "Done", "Waiting"])
    menu("Waiting")
    hands.write(page.locator(".column__menu:popover-open [name=name]"), "Dry dock")
    hands.hit(page.locator(".column__menu:popover-open").get_by_role("button", name="Rename"))
    expect(page.locator(NAMES).last).to_have_text("Dry dock")
    menu("Dry dock", "Move left")
    expect(page.locator(NAMES)).to_have_text(["To Do", "In Progress", "Review", "Dry dock", "Done"])
    menu("Dry dock", "Colour, limit")
    hands.hit(settings.locator("label", has_text="Violet"))
    hands.write(settings.locator("[name=wipLimit]"), "2")
    hands.hit(settings.get_by_role("button", name="Save column"))
    expect(column(page, "Dry dock").locator("[data-column-limit]")).to_have_text("2")
    menu("Done", "Sort by priority")
    expect_titles(page, "Done", ["Paint the pier", "Sweep the slip"])
    menu("Done", "Collapse")
    expect(card(page, "Paint the pier")).to_be_hidden()
    hands.hit(column(page, "Done").locator(".column__expand"))
    expect(card(page, "Paint the pier")).to_be_visible()
    menu("Review", "Colour, limit")
    hands.pick(settings.locator("[name=moveTicketsTo]"), "To Do")
    hands.hit(settings.get_by_role("button", name="Delete column"))
    expect(page.locator(NAMES)).to_have_text(["To Do", "In Progress", "Dry dock", "Done"])


AT_THE_END = [
    "To Do",
    "  Oil both cranes, Medium, for Bob Keller, quay",
    "In Progress",
    "Dry dock, #7a3ff2, at most 2",
    "Done",
    "  Paint the pier, Critical, due 2030-05-09, quay",
    "  Sweep the slip, Medium",
]


def in_database(server: Server) -> list[str]:
    """Return a board as the server has it."""
    lines = list[str]()
    with closing(server.client("alice")) as alice:
        bob = server.client("bob").get("/api/me").json()["id"]
        tickets = alice.get("/api/projects/HARB/tickets").json()
        for each in alice.get("/api/projects/HARB/columns").json():
            limit = f"at most {each['wipLimit']}" if each["wipLimit"] else ""
            lines.append(_words(each["name"], each["color"], limit))
            for one in (one for one in tickets if one["columnId"] == each["id"]):
                person = {None: "", bob: "for Bob Keller"}[one["assigneeId"]]
                due = f"due {one['dueDate']}" if one["dueDate"] else ""
                labels = [label["name"] for label in one["labels"]]
                lines.append(_words(f"  {one['title']}", one["priority"], due, person, *labels))
    return lines


def _words(*words: str | None) -> str:
    return ", ".join(filter(None, words))
