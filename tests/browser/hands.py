"""Three ways to do things on a board: with a mouse, with the keyboard, by touch."""

from __future__ import annotations

from contextlib import closing
from typing import ClassVar

from playwright.sync_api import Locator, Page, expect

from tests.browser.board import card, column, drag
from tests.support.server import Server
from tests.support.wait import until

DIALOG = "dialog[data-ticket-dialog]"


class Hands:
    """What a person can do, whatever they do it with."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def dialog(self) -> Locator:
        return self.page.locator(DIALOG)

    def hit(self, place: Locator) -> None:
        """Press a button or a link, or tick a box."""
        raise NotImplementedError

    def write(self, place: Locator, text: str) -> None:
        """Write into a field, replacing its text."""
        raise NotImplementedError

    def pick(self, place: Locator, text: str) -> None:
        """Pick one of a list."""
        raise NotImplementedError

    def date(self, place: Locator, year: int, month: int, day: int) -> None:
        """Pick a day."""
        raise NotImplementedError

    def add(self, name: str, title: str) -> None:
        """Add a ticket to a column."""
        raise NotImplementedError

    def put_above(self, title: str, other: str) -> None:
        """Move a card by hand."""
        raise NotImplementedError

    def put_into(self, title: str, name: str) -> None:
        """Move a card by hand into another column."""
        raise NotImplementedError

    def choose(self, title: str, item: str) -> None:
        """Choose from a card's menu."""
        raise NotImplementedError

    def select(self, *titles: str) -> None:
        """Select several cards."""
        raise NotImplementedError

    def move_selected(self, name: str) -> None:
        """Move the selected cards to a column, and clear the selection."""
        raise NotImplementedError

    def open(self, title: str, name: str) -> None:
        """Open a ticket to change its field of that name."""
        raise NotImplementedError

    def close(self) -> None:
        """Close a ticket."""
        raise NotImplementedError

    def undo(self) -> None:
        """Undo the last action."""
        raise NotImplementedError

    def leave(self) -> None:
        """Close a menu without a choice."""
        raise NotImplementedError

    def look_for(self, text: str) -> None:
        """Open the quick switcher and search for something."""
        raise NotImplementedError


class Pointing(Hands):
    """What mouse and touch do alike: they hit things; texts come from a keyboard, on the screen or not.

    The browser's own lists and calendars are out of a test's reach: their values are set directly.
    """

    def write(self, place: Locator, text: str) -> None:
        self.hit(place)
        place.select_text()
        self.page.keyboard.insert_text(text)

    def pick(self, place: Locator, text: str) -> None:
        place.select_option(label=text)

    def date(self, place: Locator, year: int, month: int, day: int) -> None:
        place.fill(f"{year}-{month:02}-{day:02}")

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

    def open(self, title: str, name: str) -> None:
        self.hit(card(self.page, title).locator("[data-open]"))
        expect(self.dialog.locator(f"[name={name}]").last).to_be_attached()

    def close(self) -> None:
        self.hit(self.dialog.locator("[data-dialog-close]"))

    def undo(self) -> None:
        self.hit(self.page.locator("[data-toast-action]", has_text="Undo").last)

    def leave(self) -> None:
        self.hit(self.page.locator("h1"))

    def look_for(self, text: str) -> None:
        self.hit(self.page.locator("[data-switch]"))
        self.page.keyboard.insert_text(text)


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


class Keyboard(Hands):
    """A keyboard, and nothing else."""

    LETTERS: ClassVar = {"title": "e", "assigneeId": "a", "labelIds": "Shift+L", "priority": "p", "dueDate": "d"}

    def hit(self, place: Locator) -> None:
        self.tab_to(place)
        ticks = self.page.evaluate("document.activeElement.matches('[type=checkbox], [type=radio]')")
        self.press("Space" if ticks else "Enter")

    def write(self, place: Locator, text: str) -> None:
        self.tab_to(place)
        self.press("Control+a")
        self.page.keyboard.insert_text(text)

    def pick(self, place: Locator, text: str) -> None:
        self.tab_to(place)
        self.press("Home")
        while place.evaluate("(one) => one.selectedOptions[0].text") != text:
            self.press("ArrowDown")

    def date(self, place: Locator, year: int, month: int, day: int) -> None:
        self.tab_to(place)
        self.page.keyboard.type(f"{month:02}{day:02}{year}")

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
        """Go to an element with the Tab key; among radio buttons, with arrows."""
        expect(place).to_be_visible()
        for _ in range(60):
            if not (key := place.evaluate(NEXT_KEY)):
                return
            self.press(key)
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

    def open(self, title: str, name: str) -> None:
        self.go_to(title)
        self.press(self.LETTERS.get(name, "Enter"))
        expect(self.dialog.locator("[data-ticket-view]")).to_be_visible()
        if name in self.LETTERS:
            expect(self.dialog.locator(f"[name={name}]:not([type=hidden])").first).to_be_focused()

    def close(self) -> None:
        self.press("Escape")
        expect(self.page.locator("[data-board] [data-open]:focus")).to_be_attached()

    def undo(self) -> None:
        self.press("Control+z")

    def leave(self) -> None:
        self.press("Escape")

    def look_for(self, text: str) -> None:
        self.press("Control+k")
        self.page.keyboard.insert_text(text)


class Finger(Pointing):
    """A finger on a screen, simulated by the browser's own input events in steps of a frame."""

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
        """Drag the card to the edge, until the board has scrolled far enough."""
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
NEXT_KEY = """(one) => {
  const [goal, here] = [one.control ?? one, document.activeElement];
  if (goal === here) return "";
  if (goal.type === "radio" && goal.name === here.name) return "ArrowRight";
  return goal.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING ? "Shift+Tab" : "Tab";
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
    """Return which titles are in which column, top first."""
    with closing(server.client("alice")) as alice:
        columns = alice.get("/api/projects/HARB/columns").json()
        tickets = alice.get("/api/projects/HARB/tickets").json()
    return {each["name"]: [one["title"] for one in tickets if one["columnId"] == each["id"]] for each in columns}
