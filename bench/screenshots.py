"""Pictures of every page into ``screenshots/``: ``python -m bench.screenshots``.

The browser's complaints are listed at the end, and make it fail.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from bench import german, states
from bench.album import FOLDER, Album
from bench.browser import chromium
from punt.demo.sample import read
from tests.support.pictures import written
from tests.support.server import ROOT, Server


def main() -> None:
    """Take all pictures of an instance that was never set up, then of the sample data."""
    with chromium() as browser:
        complaints = _of_a_new_instance(browser) + _of_the_sample(browser)
    if complaints:
        sys.exit("== the browser complained\n" + "\n".join(f"  {each}" for each in complaints))
    print(f"== {len(list(FOLDER.glob('*.png')))} pictures are in {FOLDER.name}/")


def _of_a_new_instance(browser: Browser) -> list[str]:
    sample = read()
    with _server() as server:
        album = Album(browser, server)
        album.take("setup", "/setup", act=_fill_in_a_name)
        album.take("setup-error", "/setup", act=_submit_a_weak_password, allow="400 (")
        first = {"username": sample.people[0].username, "name": sample.people[0].name, "password": sample.password}
        with httpx.Client(base_url=server.url) as client:
            client.post("/api/auth/setup", json=first).raise_for_status()
            album.sign_in(first["username"], sample.password)
            album.take("projects-empty", "/")
            album.take("project-new", "/projects/new")
            client.post("/api/projects", json={"key": "NEW", "name": "A new beginning"}).raise_for_status()
            client.patch("/api/admin/settings", json={"registration": True}).raise_for_status()
        album.take("board-empty", "/projects/NEW/board", whole=False)
        album.sign_out()
        album.take("register", "/register")
        album.take("register-error", "/register", act=_submit_a_weak_password, allow="400 (")
    return album.complaints


def _of_the_sample(browser: Browser) -> list[str]:
    sample = read()
    with _server("demo") as server:
        album = Album(browser, server)
        album.take("login", "/login")
        album.take("login-error", "/login", act=_submit_a_wrong_password, allow="401 (")
        album.sign_in("alice", sample.password)
        album.take("projects", "/")
        for project in sample.projects:
            album.take(f"board-{project.key.lower()}", f"/projects/{project.key}/board", whole=False)
        album.take("board-scrolled", "/projects/HARB/board", act=_scroll_to_the_end, whole=False)
        album.take("board-adding", "/projects/HARB/board", act=_open_the_quick_add, whole=False)
        for name, act in states.ON_THE_BOARD.items():
            album.take(name, "/projects/HARB/board", act=act, whole=False)
        for name, act in states.OF_TROUBLE.items():
            album.take(name, "/projects/HARB/board", act=act, whole=False, allow="ERR_")
        for name, query in (("search", "?q=harbour"), ("search-empty", ""), ("search-nothing", "?q=none-such")):
            album.take(name, f"/search{query}")
        album.take("column-new", "/projects/HARB/columns/new")
        album.take("account-menu", "/projects/HARB/board", act=_open_the_menu, whole=False)
        with album.company("bob", sample.password, "/projects/HARB/board", _open_a_ticket):
            album.take("board-company", "/projects/HARB/board", act=_wait_for_company, whole=False)
            album.take("ticket-company", "/projects/HARB/board", act=_open_the_same_ticket, whole=False)
        album.take("board-wide", "/projects/HARB/board", whole=False, sizes=((2560, 1300),))
        album.take("board-zoomed", "/projects/HARB/board", whole=False, sizes=((720, 450),), device_scale_factor=2)
        album.take("board-forced-colors", "/projects/HARB/board", whole=False, forced_colors="active")
        album.take("ticket-dialog", "/projects/HARB/board", act=_open_a_ticket, whole=False)
        with httpx.Client(base_url=server.url) as client:
            client.post("/api/auth/login", json={"username": "bob", "password": sample.password}).raise_for_status()
            album.take("ticket-clash", "/projects/HARB/tickets/24", act=partial(states.clash, client))
            column = client.get("/api/projects/HARB/columns").json()[0]["id"]
        album.take("column", f"/projects/HARB/columns/{column}")
        album.take("ticket", "/projects/HARB/tickets/24")
        album.take("ticket-new", "/projects/HARB/tickets/new")
        album.take("bin-empty", "/projects/HARB/bin")
        with httpx.Client(base_url=server.url) as client:
            client.post("/api/auth/login", json={"username": "alice", "password": sample.password}).raise_for_status()
            for number in (3, 5, 7):
                client.delete(f"/api/projects/HARB/tickets/{number}").raise_for_status()
            label = client.get("/api/projects/HARB/labels").json()[0]["id"]
        album.take("bin", "/projects/HARB/bin")
        album.take("history", "/projects/HARB/tickets/24/history")
        with httpx.Client(base_url=server.url) as client:
            client.post("/api/auth/login", json={"username": "alice", "password": sample.password}).raise_for_status()
            client.put("/api/me/picture", content=_a_sunset()).raise_for_status()
            client.post("/api/me/tokens", json={"name": "Backup", "expiresInDays": 365}).raise_for_status()
        album.take("settings", "/projects/HARB/settings")
        album.take("settings-acting", "/projects/HARB/settings", act=_change_and_remove, allow="400 (")
        album.take("label", f"/projects/HARB/labels/{label}")
        album.take("profile", "/profile")
        album.take("profile-token", "/profile", act=_make_a_token)
        album.take("board-picture", "/projects/HARB/board", whole=False)
        album.take("profile-error", "/profile", act=_submit_a_wrong_new_password, allow="400 (")
        for name, path in (("people", ""), ("person-new", "/people/new"), ("site", "/settings"), ("audit", "/audit")):
            album.take(f"admin-{name}", f"/admin{path}")
        album.take("admin-person", "/admin?q=bob", act=_open_the_person)
        album.take("database", "/admin/database")
        album.take("database-error", "/admin/database", act=_submit_a_wrong_phrase, allow="400 (")
        album.take("database-import", "/admin/database", act=_upload_an_export)
        album.take("project-import", "/projects/HARB/import")
        album.take("project-import-look", "/projects/RADIO/import", act=_look_at_a_table)
        album.take("project-import-report", "/projects/RADIO/import", act=_import_a_table)
        album.take("not-found", "/projects/NOWHERE/board", allow="404 (")
        album.sign_in("esther", sample.password)
        album.take("board-viewer", "/projects/HARB/board", whole=False)
        album.take("settings-viewer", "/projects/HARB/settings")
        album.take("ticket-viewer", "/projects/HARB/tickets/24")
        german.take(album, sample.password)
    return album.complaints


def _fill_in_a_name(page: Page) -> None:
    page.locator("[name=name]").fill("Alice Lindqvist")


def _submit_a_weak_password(page: Page) -> None:
    for name, value in (("username", "alice"), ("name", "Alice Lindqvist"), ("password", "password1234")):
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button").click()
    page.wait_for_load_state()


def _submit_a_wrong_password(page: Page) -> None:
    page.locator("[name=username]").fill("alice")
    page.locator("[name=password]").fill("not her password")
    page.locator("main form button").click()
    page.wait_for_load_state()


def _submit_a_wrong_new_password(page: Page) -> None:
    page.locator("[name=currentPassword]").fill("not her password")
    page.locator("[name=newPassword]").fill("four unrelated words")
    page.locator("form[action='/profile/password'] button").click()
    page.wait_for_load_state()


def _submit_a_wrong_phrase(page: Page) -> None:
    page.locator("#wipe-phrase").fill("yes")
    page.locator("#wipe-yourPassword").fill("not her password")
    page.locator("form[action$='/wipe'] button").click()
    page.wait_for_load_state()


def _upload_an_export(page: Page) -> None:
    page.locator("#import-file").set_input_files(ROOT / "tests" / "transfer" / "version-1.punt")
    page.locator("form[action$='/import'] button").click()
    page.get_by_text("This file can be imported").wait_for()


def _look_at_a_table(page: Page) -> None:
    table = b"Title,Status,Colour,Type\nOrder paint,To Do,red,Wish\nSweep the pier,Some day,,\n"
    page.locator("[name=file]").set_input_files({"name": "table.csv", "mimeType": "text/csv", "buffer": table})
    page.locator("form[action$='/import'] button").click()
    page.locator("[data-import-look]").wait_for()


def _import_a_table(page: Page) -> None:
    _look_at_a_table(page)
    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("[data-import-report]").wait_for()


def _make_a_token(page: Page) -> None:
    page.locator("#token-name").fill("Nightly report")
    page.locator("[name=scope]").select_option("write")
    page.get_by_role("button", name="Create token").click()
    page.locator("#new-token").scroll_into_view_if_needed()


def _a_sunset() -> bytes:
    """Draw a picture for somebody."""
    sky = Image.linear_gradient("L")
    return written(Image.merge("RGB", (sky, sky.point(lambda each: each // 2 + 40), ImageChops.invert(sky))), "PNG")


def _scroll_to_the_end(page: Page) -> None:
    page.locator("[data-column-panel]").last.scroll_into_view_if_needed()


def _open_the_quick_add(page: Page) -> None:
    page.locator("[data-quick-add] summary").first.click()


def _open_the_menu(page: Page) -> None:
    page.locator(".bar summary").last.click()


def _open_a_ticket(page: Page) -> None:
    page.locator("[data-open]", has_text="Deposit: pay by card").click()
    page.locator("[data-ticket-dialog] [data-ticket-view]").wait_for()


def _open_the_person(page: Page) -> None:
    page.locator("[data-account] a").first.click()
    page.locator("#person-removal").wait_for()


def _change_and_remove(page: Page) -> None:
    page.locator("[name=key]").fill("HARBOUR")
    page.locator("form[action$='/settings/delete'] button").click()
    page.wait_for_load_state()
    page.locator("[data-live-list=members] select").nth(1).select_option("viewer")
    page.locator("[data-live-list=members] summary").last.click()


def _wait_for_company(page: Page) -> None:
    page.locator("[data-editor]").wait_for()


def _open_the_same_ticket(page: Page) -> None:
    _open_a_ticket(page)
    page.locator("[data-ticket-dialog] [data-editors]", has_text="open for editing").wait_for()


@contextmanager
def _server(*commands: str) -> Iterator[Server]:
    """Start a server on a fresh instance after some shell commands."""
    with TemporaryDirectory(prefix="punt-screenshots-") as folder:
        server = Server(Path(folder))
        for command in (["db", "upgrade"], *([each] for each in commands)):
            done = server.flask(*command)
            assert done.returncode == 0, done.stderr
        server.start()
        try:
            yield server
        finally:
            server.stop()


if __name__ == "__main__":
    main()
