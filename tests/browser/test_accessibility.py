"""axe-core finds nothing wrong on any page and state, light and dark, on a desktop and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.board import expect_live
from tests.support.pictures import PICTURE
from tests.support.server import Server

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules whose result depends on the colour scheme."""
RUN = """async (rules) => {
  // Cards beyond the edge are not drawn, and keep the colours of the scheme that was before.
  for (const card of document.querySelectorAll("[data-ticket]")) card.style.contentVisibility = "visible";
  const frame = () => new Promise(requestAnimationFrame);
  for (await frame(); document.getAnimations().some(({ playState }) => playState === "running"); ) await frame();
  return axe.run(document, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) });
}"""
TEXT = "# Title\n\n- a *list*\n\n`code`, [a link](https://example.org)\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}

Profile = Callable[..., BrowserContext]


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The window of a desktop or of a phone, without motion."""
    width, height = SIZES[request.param]
    return {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", "has_touch": width < 1000}


def look(page: Page, path: str, *acts: Callable[[Page], Any]) -> list[str]:
    """Open a page, do something on it, let axe-core check it, and return what it found and where."""
    page.goto(path)
    if page.locator("[data-connection]").count():
        expect_live(page, seconds=20)
    for act in acts:
        act(page)
    return look_now(page, path)


def look_now(page: Page, name: str) -> list[str]:
    """Let axe-core check a page as it is, and its colours in the other scheme."""
    page.evaluate(AXE)
    found = list[str]()
    schemes: tuple[tuple[Literal["light", "dark"], list[str] | None], ...] = ("light", None), ("dark", COLOURS)
    for scheme, rules in schemes:
        page.emulate_media(color_scheme=scheme)
        for rule in page.evaluate(RUN, rules)["violations"]:
            found += [f"{scheme} {name} {rule['id']}: {_words(node)}" for node in rule["nodes"]]
    return found


def _words(node: dict[str, Any]) -> str:
    return f"{' '.join(map(str, node['target']))}: {node['failureSummary']}"


def open_ticket(page: Page) -> None:
    page.locator("[data-open]").first.click()
    page.locator("[data-ticket-dialog] [data-ticket-view]").wait_for()


def open_menu(page: Page) -> None:
    page.get_by_label("Your account").click()


def open_quick_add(page: Page) -> None:
    page.locator("[data-quick-add] summary").first.click()


def unfold_everything(page: Page) -> None:
    for summary in page.locator("[data-ticket-view] summary").all():
        summary.click()


def unfold_members(page: Page) -> None:
    page.locator("[data-live-list=members] select").last.select_option("admin")
    page.locator("[data-live-list=members] summary").last.click()


def show_toast(page: Page) -> None:
    page.locator("[data-ticket-form] button").last.click()
    page.locator("[data-toast-text]").first.wait_for()


@pytest.fixture
def board(server: Server) -> None:
    """A small board on which every part of a card is visible."""
    alice = server.client("alice")
    me = alice.get("/api/me").json()["id"]
    labels = [alice.post("/api/projects/HARB/labels", json={"name": name}).json()["id"] for name in "abcd"]
    columns = [column["id"] for column in alice.get("/api/projects/HARB/columns").json()]
    alice.patch(f"/api/projects/HARB/columns/{columns[1]}", json={"wipLimit": 1})
    dates = [None, "2020-01-01", "2099-01-01"]
    for nth, kind in enumerate(("epic", "story", "task", "bug", "subtask", "task")):
        priority = ("lowest", "low", "medium", "high", "highest", "critical")[nth]
        fields = {"type": kind, "priority": priority, "columnId": columns[nth % 3], "dueDate": dates[nth % 3]}
        more = {"labelIds": labels[:nth], "storyPoints": nth or None, "assigneeId": me if nth % 2 else None}
        answer = alice.post(
            "/api/projects/HARB/tickets", json={"title": f"A {kind}", "description": TEXT, **fields, **more}
        )
        assert answer.status_code == 201, answer.text


@pytest.mark.usefixtures("board")
def test_the_board_its_dialog_and_its_menus_have_no_violation(profile: Profile, size: dict[str, Any]) -> None:
    page, path = profile("alice", **size).new_page(), "/projects/HARB/board"

    found = look(page, path)
    found += look(page, path, open_menu)
    found += look(page, path, open_quick_add)
    found += look(page, path, open_ticket)
    found += look(page, path, open_ticket, unfold_everything, show_toast)

    assert not found, "\n".join(found)


def open_switcher(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("[data-switcher] [data-hit]").first.wait_for()


def search_in_vain(page: Page) -> None:
    page.keyboard.insert_text("nothing like this")
    page.locator("[data-switcher] .hits__none").wait_for()


def open_help(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()


def open_card_menu(page: Page) -> None:
    for key in ("j", "m"):
        page.keyboard.press(key)
    page.locator("[data-card-menu]").wait_for()


def select_cards(page: Page) -> None:
    for key in ("j", "x", "j", "Shift+X"):
        page.keyboard.press(key)
    page.locator("[data-selection]").wait_for()


def open_column_menu(page: Page) -> None:
    page.locator("[data-column-panel] [popovertarget]").first.click()
    page.locator(".column__menu:popover-open").wait_for()


def open_column(page: Page) -> None:
    open_column_menu(page)
    page.locator(".column__menu:popover-open [data-column-open]").click()
    page.locator("[data-column-dialog] [data-column-settings]").wait_for()


def open_filters(page: Page) -> None:
    page.locator("[data-filters] [popovertarget]:visible").first.click()
    page.locator("[data-filters] :popover-open").wait_for()


def filter_all_away(page: Page) -> None:
    page.locator("[data-search]").fill("nothing like this")
    page.locator("[data-filter-nothing]").wait_for()


@pytest.mark.usefixtures("board")
def test_what_opens_over_the_board_has_no_violation(profile: Profile, size: dict[str, Any]) -> None:
    page = profile("alice", **size).new_page()
    page.goto("/projects/HARB/board")
    expect_live(page, seconds=20)
    found = list[str]()

    for act in (
        open_help,
        open_card_menu,
        select_cards,
        open_column_menu,
        open_column,
        open_filters,
        filter_all_away,
        open_switcher,
        search_in_vain,
    ):
        act(page)
        found += look_now(page, act.__name__)
        if act is not open_switcher:
            page.keyboard.press("Escape")

    assert not found, "\n".join(found)


@pytest.mark.usefixtures("board")
def test_a_long_column_and_two_sides_to_choose_from_have_no_violation(
    server: Server, profile: Profile, size: dict[str, Any]
) -> None:
    def clash(page: Page) -> None:
        page.locator("[data-ticket-form] [name=title]").fill("Mine")
        server.client("bob").patch("/api/projects/HARB/tickets/1", json={"title": "Theirs"})
        page.get_by_role("button", name="Show the new version").click()
        page.locator(".clash").wait_for()

    page = profile("alice", **size).new_page()
    last = server.client("alice").get("/api/projects/HARB/columns").json()[3]["id"]
    for number in range(12):
        ticket = {"title": f"Ticket {number}", "columnId": last}
        server.client("alice").post("/api/projects/HARB/tickets", json=ticket)

    found = look(page, "/projects/HARB/board", open_ticket, clash)
    page.keyboard.press("Escape")
    lists = page.locator("[data-column]")
    assert lists.last.evaluate("(list) => list.scrollHeight > list.clientHeight")
    found += look_now(page, "a long column")

    assert not found, "\n".join(found)


@pytest.mark.usefixtures("board")
def test_every_other_page_has_no_violation(server: Server, profile: Profile, size: dict[str, Any]) -> None:
    def make_a_token(page: Page) -> None:
        page.locator("#token-name").fill("Nightly report")
        page.get_by_role("button", name="Create token").click()
        page.locator("#new-token").wait_for()

    server.client("alice").put("/api/me/picture", content=PICTURE)
    page = profile("alice", **size).new_page()

    ticket = "/projects/HARB/tickets/1"
    label = server.client("alice").get("/api/projects/HARB/labels").json()[0]["id"]
    column = server.client("alice").get("/api/projects/HARB/columns").json()[0]["id"]
    server.client("alice").delete("/api/projects/HARB/tickets/6")
    paths = ("/", "/projects/new", ticket, f"{ticket}/history", "/projects/HARB/tickets/new", "/profile")
    more = (f"labels/{label}", "bin", "columns/new", f"columns/{column}")
    searches = ("/search", "/search?q=story", "/search?q=none-such")
    found = [
        each for path in (*paths, *searches, *(f"/projects/HARB/{one}" for one in more)) for each in look(page, path)
    ]
    found += look(page, "/profile", make_a_token)
    found += look(page, "/projects/HARB/settings", unfold_members)

    assert not found, "\n".join(found)


def test_the_administration_has_no_violation(server: Server, profile: Profile, size: dict[str, Any]) -> None:
    page = profile("sue", **size).new_page()
    bob = server.client("sue").get("/api/admin/users?q=@bob").json()[0]["id"]

    paths = ("/admin", "/admin/people/new", f"/admin/people/{bob}", "/admin/settings", "/admin/audit")
    found = [each for path in paths for each in look(page, path)]

    assert not found, "\n".join(found)


def test_exports_and_imports_have_no_violation(profile: Profile, size: dict[str, Any]) -> None:
    page = profile("sue", **size).new_page()

    found = [each for path in ("/admin/database", "/projects/HARB/import") for each in look(page, path)]
    page.locator("[name=file]").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"Title,Hue\nOne,red\n"}
    )
    page.get_by_role("button", name="Upload and preview").click()
    page.locator("[data-import-look]").wait_for()
    found += look(page, page.url)
    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("[data-import-report]").wait_for()
    found += look(page, page.url)

    assert not found, "\n".join(found)


@pytest.mark.usefixtures("board")
def test_what_a_viewer_and_an_outsider_see_has_no_violation(profile: Profile, watch: Any, size: dict[str, Any]) -> None:
    watch.expect("404")
    vera, charlie = profile("vera", **size).new_page(), profile("charlie", **size).new_page()

    paths = ("/projects/HARB/board", "/projects/HARB/tickets/1", "/projects/HARB/settings")
    found = [each for path in paths for each in look(vera, path)]
    found += look(charlie, "/") + look(charlie, "/projects/HARB/board")

    assert not found, "\n".join(found)


def test_signing_in_registering_and_what_is_wrong_there_has_no_violation(
    server: Server, profile: Profile, watch: Any, size: dict[str, Any]
) -> None:
    def fail(page: Page) -> None:
        for name in ("username", "password"):
            page.locator(f"[name={name}]").fill("nobody")
        page.locator("main form button").click()
        page.locator("[role=alert]:not([hidden])").wait_for()

    watch.expect("401")
    page = profile(**size).new_page()

    server.client("sue").patch("/api/admin/settings", json={"registration": True})
    found = look(page, "/login") + look(page, "/login", fail) + look(page, "/register")

    assert not found, "\n".join(found)


def test_setting_up_has_no_violation(stranger: Profile, size: dict[str, Any]) -> None:
    page = stranger(**size).new_page()

    found = look(page, "/setup")

    assert not found, "\n".join(found)
