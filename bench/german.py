"""Pictures of the main pages in German, whose words are longer: part of ``bench.screenshots``."""

from __future__ import annotations

from playwright.sync_api import Page

from bench import states
from bench.album import Act, Album

SIZES = ((1440, 900), (390, 844))


def _open_a_ticket(page: Page) -> None:
    page.locator("[data-open]").first.click()
    page.locator("[data-ticket-dialog] [data-ticket-view]").wait_for()


PAGES: dict[str, tuple[str, Act | None]] = {
    "projects": ("/", None),
    "ticket-new": ("/projects/HARB/tickets/new", None),
    "settings": ("/projects/HARB/settings", None),
    "profile": ("/profile", None),
    "search": ("/search?q=harbour", None),
    "import": ("/projects/HARB/import", None),
    "people": ("/admin", None),
    "audit": ("/admin/audit", None),
    "database": ("/admin/database", None),
}
"""Whole pages, each with what is done on it first."""
ON_THE_BOARD: dict[str, Act | None] = {
    "board": None,
    "ticket-dialog": _open_a_ticket,
    **{
        name: states.ON_THE_BOARD[name]
        for name in ("shortcuts", "card-menu", "column-menu", "filters", "board-selection")
    },
}


def take(album: Album, password: str) -> None:
    """Take all of them, as a browser shows them that asks for German."""
    album.sign_out()
    album.take("german-login", "/login", sizes=SIZES, locale="de-DE")
    album.sign_in("alice", password)
    for name, (path, act) in PAGES.items():
        album.take(f"german-{name}", path, act=act, sizes=SIZES, locale="de-DE")
    for name, act in ON_THE_BOARD.items():
        album.take(f"german-{name}", "/projects/HARB/board", act=act, whole=False, sizes=SIZES, locale="de-DE")
