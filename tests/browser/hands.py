"""Three ways to do everything on a board: with a mouse, with the keyboard, with a finger."""

from __future__ import annotations

from contextlib import closing
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.browser.board import card, column, drag
from tests.support.server import Server
from tests.support.wait import until

DIALOG = "dialog[data-ticket-dialog]"


class Hands(Protocol):
    """What a person can do, whatever they do it with."""

    def add(self, name: str, title: str) -> None: ...
    def put_above(self, title: str, other: str) -> None: ...
    def put_into(self, title: str, name: str) -> None: ...
    def choose(self, title: str, item: str) -> None: ...
    def select(self, *titles: str) -> None: ...
    def move_selected(self, name: str) -> None: ...
    def rename(self, title: str, new: str) -> None: ...
    def delete(self, title: str) -> None: ...


class Pointing:
    """What mouse and finger do alike: they hit things."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def hit(self, place: Locator) -> None:
        raise NotImplementedError

    def add(self, name: str, title: str) -> None:
        adder = column(self.page, name).locator("[data-quick-add]")
        self.hit(adder.locator("summary"))
        expect(adder.locator("[name=title]")).to_be_focused()
        self.page.keyboard.insert_text(title)
        self.hit(adder.get_by_role("button", name="Add"))
        expect(card(self.page, title)).to_have_count(1)
        self.hit(adder.locator("summary"))

    def choose(self, title: str, item: str) -> None:
        self.hit(card(self.page, title).locator("[data-act=menu]"))
        self.hit(menu_item(self.page, item))

    def move_selected(self, name: str) -> None:
        self.hit(self.page.locator("[data-selection] [data-act=menu]"))
        self.hit(menu_item(self.page, name))
        self.hit(self.page.locator("[data-selection] [data-act=clear]"))

    def rename(self, title: str, new: str) -> None:
        self.hit(card(self.page, title).locator("[data-open]"))
        self.hit(self.page.locator(DIALOG).locator("[name=title]"))
        self.page.locator(DIALOG).locator("[name=title]").select_text()
        self.page.keyboard.insert_text(new)
        self.hit(self.page.locator(DIALOG).get_by_role("button", name="Save"))
        expect(card(self.page, new)).to_have_count(1)
        self.hit(self.page.locator(DIALOG).locator("[data-dialog-close]"))

    def delete(self, title: str) -> None:
        self.hit(card(self.page, title).locator("[data-open]"))
        self.hit(self.page.locator(DIALOG).locator(".remover summary"))
        self.hit(self.page.locator(DIALOG).locator("form[data-delete-form] button"))


class Mouse(Pointing):
    """A mouse."""

    def hit(self, place: Locator) -> None:
        place.click()

    def put_above(self, title: str, other: str) -> None:
        drag(self.page, title, column_of(self.page, other), above=other)

    def put_into(self, title: str, name: str) -> None:
        drag(self.page, title, name)

    def select(self, *titles: str) -> None:
        for title in titles:
            card(self.page, title).click(modifiers=["Control"], position={"x": 60, "y": 30})


class Keyboard:
    """A keyboard, and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go_to(self, title: str) -> None:
        """Go from card to card with arrows."""
        self.press("j")
        for _ in range(10):
            here = self.page.evaluate("document.activeElement.closest('[data-column]').dataset.column")
            lists = self.page.locator("[data-column]").evaluate_all("(all) => all.map((one) => one.dataset.column)")
            there = column(self.page, column_of(self.page, title)).locator("[data-column]").get_attribute("data-column")
            if here == there:
                break
            self.press("ArrowRight" if lists.index(there) > lists.index(here) else "ArrowLeft")
        self.press("Home")
        while title not in (self.page.evaluate("document.activeElement.textContent") or ""):
            self.press("ArrowDown")

    def tab_to(self, place: Locator) -> None:
        for _ in range(60):
            if place.evaluate("(one) => one === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError("the Tab key never gets there")

    def add(self, name: str, title: str) -> None:
        self.press("n")
        expect(column(self.page, name).locator("[name=title]")).to_be_focused()
        self.page.keyboard.insert_text(title)
        self.press("Enter")
        expect(card(self.page, title)).to_have_count(1)
        self.press("Escape")

    def put_above(self, title: str, other: str) -> None:
        self.go_to(title)
        while self.page.evaluate(IS_BELOW, other):
            self.press("Control+Shift+ArrowUp")

    def put_into(self, title: str, name: str) -> None:
        self.go_to(title)
        while column_of(self.page, title) != name:
            self.press("Control+Shift+ArrowRight")

    def choose(self, title: str, item: str) -> None:
        self.go_to(title)
        self.press("m")
        goal = menu_item(self.page, item)
        expect(goal).to_be_visible()
        while not goal.evaluate("(one) => one === document.activeElement"):
            self.press("ArrowDown")
        self.press("Enter")

    def select(self, *titles: str) -> None:
        for title in titles:
            self.go_to(title)
            self.press("x")

    def move_selected(self, name: str) -> None:
        title = self.page.locator("[data-selected] [data-open]").first.text_content() or ""
        self.choose(title, name)
        self.press("Escape")

    def rename(self, title: str, new: str) -> None:
        self.go_to(title)
        self.press("e")
        expect(self.page.locator(DIALOG).locator("[name=title]")).to_be_focused()
        self.press("Control+a")
        self.page.keyboard.insert_text(new)
        self.press("Enter")
        expect(card(self.page, new)).to_have_count(1)
        self.press("Escape")
        expect(card(self.page, new).locator("[data-open]")).to_be_focused()

    def delete(self, title: str) -> None:
        self.go_to(title)
        self.press("Enter")
        expect(self.page.locator(DIALOG)).to_be_visible()
        self.tab_to(self.page.locator(DIALOG).locator(".remover summary"))
        self.press("Enter")
        self.tab_to(self.page.locator(DIALOG).locator("form[data-delete-form] button"))
        self.press("Enter")


class Finger(Pointing):
    """A finger on a screen, drawn by the browser's own input events in steps of a frame."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.session = page.context.new_cdp_session(page)

    def hit(self, place: Locator) -> None:
        place.tap()

    def down(self, x: float, y: float) -> None:
        self.at = (x, y)
        self._send("touchStart", x, y)

    def glide(self, x: float, y: float, *, steps: int = 10) -> None:
        (from_x, from_y), self.at = self.at, (x, y)
        for step in range(1, steps + 1):
            self._send("touchMove", from_x + (x - from_x) * step / steps, from_y + (y - from_y) * step / steps)
            self.page.wait_for_timeout(16)

    def up(self) -> None:
        self.session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def lift(self, title: str) -> None:
        """Press long on a card."""
        card(self.page, title).scroll_into_view_if_needed()
        box = card(self.page, title).bounding_box()
        assert box
        self.down(box["x"] + 60, box["y"] + 30)
        self.page.locator("[data-lifted]").wait_for()

    def put_above(self, title: str, other: str) -> None:
        self.lift(title)
        box = card(self.page, other).bounding_box()
        assert box
        self.glide(box["x"] + 60, box["y"] + 6)
        until(lambda: self.page.evaluate(SLOT_IS_ABOVE, other), what="the slot above the other card")
        self.up()

    def put_into(self, title: str, name: str) -> None:
        """Carry a card to the edge, until the board has scrolled far enough."""
        self.lift(title)
        self.glide(self.page.viewport_size["width"] - 8, self.at[1])  # type: ignore[index]
        goal = column(self.page, name)
        until(lambda: goal.bounding_box()["x"] < 150, what=f"{name} to scroll in")  # type: ignore[index]
        self.glide(210, self.at[1])
        expect(goal.locator("[data-slot]")).to_be_attached()
        self.up()

    def select(self, *titles: str) -> None:
        first, *rest = titles
        self.lift(first)
        self.up()
        expect(self.page.locator("[data-selection]")).to_be_visible()
        for title in rest:
            card(self.page, title).tap(position={"x": 60, "y": 30})

    def _send(self, kind: str, x: float, y: float) -> None:
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})


IS_BELOW = """(title) => {
  const cards = [...document.activeElement.closest('[data-column]').querySelectorAll('[data-ticket]')]
  return cards.indexOf(document.activeElement.closest('[data-ticket]')) >
    cards.findIndex((one) => one.textContent.includes(title))
}"""
SLOT_IS_ABOVE = "(title) => document.querySelector('[data-slot]').nextElementSibling?.textContent.includes(title)"


def menu_item(page: Page, name: str) -> Locator:
    """Find an item of the open menu by its words."""
    return page.get_by_role("menuitem", name=name, exact=True)


def column_of(page: Page, title: str) -> str:
    """Read the name of the column a card is in."""
    panel = page.locator("[data-column-panel]", has=card(page, title))
    return (panel.locator("[data-column-name]").text_content() or "").strip()


def fill(server: Server, name: str, *titles: str) -> list[str]:
    """Put tickets into a column and return their ids."""
    with closing(server.client("alice")) as alice:
        columns = {each["name"]: each["id"] for each in alice.get("/api/projects/HARB/columns").json()}
        made = [
            alice.post("/api/projects/HARB/tickets", json={"title": title, "columnId": columns[name]})
            for title in titles
        ]
    return [str(answer.json()["id"]) for answer in made]


def in_database(server: Server) -> dict[str, list[str]]:
    """Read which titles stand in which column, top first."""
    with closing(server.client("alice")) as alice:
        columns = alice.get("/api/projects/HARB/columns").json()
        tickets = alice.get("/api/projects/HARB/tickets").json()
    return {each["name"]: [one["title"] for one in tickets if one["columnId"] == each["id"]] for each in columns}


def do_everything(hands: Hands) -> None:
    """Do every action of the board once; who calls it looks at the end."""
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
    hands.rename("Oil the crane", "Oil both cranes")
    hands.delete("Mend the nets")


AT_THE_END = {
    "To Do": [],
    "In Progress": [],
    "Review": ["Oil both cranes"],
    "Done": ["Sweep the slip", "Paint the pier"],
}
