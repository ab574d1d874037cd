"""Nothing that axe-core finds wrong, on any page and state, light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pictures import PICTURE
from tests.support.server import Server

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RUN = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (await frame(); document.getAnimations().some(({ playState }) => playState === "running"); ) await frame();
  return axe.run(document, { resultTypes: ["violations"] });
}"""
TEXT = "# Title\n\n- a *list*\n\n`code`, [a link](https://example.org)\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}

Profile = Callable[..., BrowserContext]


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The window of a desk or of a phone, without motion."""
    width, height = SIZES[request.param]
    return {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", "has_touch": width < 1000}


def look(page: Page, path: str, *acts: Callable[[Page], Any]) -> list[str]:
    """Open a page in both schemes, do something on it, let axe-core look, and tell what it found and where."""
    found = list[str]()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(path)
        connection = page.locator("[data-connection]")
        if connection.count():
            expect(connection).to_have_attribute("data-connection", "live")
        for act in acts:
            act(page)
        page.evaluate(AXE)
        for rule in page.evaluate(RUN)["violations"]:
            found += [f"{scheme} {path} {rule['id']}: {_words(node)}" for node in rule["nodes"]]
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
    """A small board on which every part of a card is to be seen."""
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


@pytest.mark.usefixtures("board")
def test_every_other_page_has_no_violation(server: Server, profile: Profile, size: dict[str, Any]) -> None:
    def make_a_token(page: Page) -> None:
        page.locator("#token-name").fill("Nightly report")
        page.get_by_role("button", name="Make a token").click()
        page.locator("#new-token").wait_for()

    server.client("alice").put("/api/me/picture", content=PICTURE)
    page = profile("alice", **size).new_page()

    ticket = "/projects/HARB/tickets/1"
    label = server.client("alice").get("/api/projects/HARB/labels").json()[0]["id"]
    paths = ("/", "/projects/new", ticket, f"{ticket}/history", "/projects/HARB/tickets/new", "/profile")
    found = [each for path in (*paths, f"/projects/HARB/labels/{label}") for each in look(page, path)]
    found += look(page, "/profile", make_a_token)
    found += look(page, "/projects/HARB/settings", unfold_members)

    assert not found, "\n".join(found)


def test_the_administration_has_no_violation(server: Server, profile: Profile, size: dict[str, Any]) -> None:
    page = profile("sue", **size).new_page()
    bob = server.client("sue").get("/api/admin/users?q=@bob").json()[0]["id"]

    paths = ("/admin", f"/admin/people/{bob}", "/admin/settings", "/admin/audit")
    found = [each for path in paths for each in look(page, path)]

    assert not found, "\n".join(found)


def test_exports_and_imports_have_no_violation(profile: Profile, size: dict[str, Any]) -> None:
    page = profile("sue", **size).new_page()

    found = [each for path in ("/admin/database", "/projects/HARB/import") for each in look(page, path)]

    assert not found, "\n".join(found)


@pytest.mark.usefixtures("board")
def test_what_a_viewer_and_an_outsider_see_has_no_violation(profile: Profile, watch: Any, size: dict[str, Any]) -> None:
    watch.expect("404")
    vera, charlie = profile("vera", **size).new_page(), profile("charlie", **size).new_page()

    paths = ("/projects/HARB/board", "/projects/HARB/tickets/1", "/projects/HARB/settings")
    found = [each for path in paths for each in look(vera, path)]
    found += look(charlie, "/") + look(charlie, "/projects/HARB/board")

    assert not found, "\n".join(found)


def test_signing_in_and_what_is_wrong_there_has_no_violation(
    profile: Profile, watch: Any, size: dict[str, Any]
) -> None:
    def fail(page: Page) -> None:
        for name in ("username", "password"):
            page.locator(f"[name={name}]").fill("nobody")
        page.locator("main form button").click()
        page.locator("[role=alert]:not([hidden])").wait_for()

    watch.expect("401")
    page = profile(**size).new_page()

    found = look(page, "/login") + look(page, "/login", fail)

    assert not found, "\n".join(found)


def test_setting_up_has_no_violation(stranger: Profile, size: dict[str, Any]) -> None:
    page = stranger(**size).new_page()

    found = look(page, "/setup")

    assert not found, "\n".join(found)
