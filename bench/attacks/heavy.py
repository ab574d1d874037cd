"""Much work in one request: texts that are slow to render, and changes of thousands of tickets at once."""

from __future__ import annotations

import httpx

from bench.attacks.ground import ATTACKED, Ground
from bench.attacks.registry import attack

PROJECT = f"/api/projects/{ATTACKED}"
SLOW_MARKDOWN = "[" * 49_900
ROWS = "\n".join(["title,status,labels", *(f"Crate {nth},To Do,freight" for nth in range(2000))])
WRITERS = 40
"""More than a worker has database connections."""


@attack("previews", attackers=12)
def preview(place: Ground, client: httpx.Client, nth: int) -> None:
    """Preview texts on which the parser takes long, each a different one, so that none is cached."""
    place.ask(client, "POST", f"{PROJECT}/preview", json={"text": f"{SLOW_MARKDOWN}{nth}-{place.answers.total()}"})


@attack("sort")
def sort(place: Ground, client: httpx.Client, _: int) -> None:
    """Sort a column of thousands, each time in another order."""
    by = ("priority", "dueDate")[place.answers.total() % 2]
    place.ask(client, "POST", f"{PROJECT}/columns/{place.column}/sort", json={"by": by})


@attack("merge")
def merge(place: Ground, client: httpx.Client, _: int) -> None:
    """Replace the label that thousands carry with a new one."""
    heir = place.ask(client, "POST", f"{PROJECT}/labels", json={"name": f"tide {place.answers.total()}"})
    if heir is not None and heir.status_code == 201:
        merged = place.ask(client, "POST", f"{PROJECT}/labels/{place.label}/merge", json={"into": heir.json()["id"]})
        if merged is not None and merged.status_code == 200:
            place.label = heir.json()["id"]


@attack("column removal")
def remove_column(place: Ground, client: httpx.Client, _: int) -> None:
    """Delete the column with thousands of cards, which move to a new one."""
    heir = place.ask(client, "POST", f"{PROJECT}/columns", json={"name": f"Quay {place.answers.total()}"})
    if heir is not None and heir.status_code == 201:
        path = f"{PROJECT}/columns/{place.column}?moveTicketsTo={heir.json()['id']}"
        removed = place.ask(client, "DELETE", path)
        if removed is not None and removed.status_code == 204:
            place.column = heir.json()["id"]


@attack("boards", attackers=12)
def open_board(place: Ground, client: httpx.Client, _: int) -> None:
    """Open the board with thousands of cards."""
    place.ask(client, "GET", f"/projects/{ATTACKED}/board")


@attack("lists", attackers=12)
def list_all(place: Ground, client: httpx.Client, _: int) -> None:
    """Request all of thousands of tickets."""
    place.ask(client, "GET", f"{PROJECT}/tickets")


@attack("bulk", attackers=4)
def change_many(place: Ground, client: httpx.Client, nth: int) -> None:
    """Give 500 tickets another title and the longest description that so many may have."""
    page = place.ask(client, "GET", f"{PROJECT}/tickets", params={"limit": 500})
    if page is not None and page.status_code == 200:
        updates = {"title": f"Berth {nth}", "description": f"{nth} {place.answers.total()} " + "b" * 1900}
        ids = [ticket["id"] for ticket in page.json()]
        place.ask(client, "PATCH", f"{PROJECT}/tickets", json={"ticketIds": ids, "updates": updates})


@attack("import beside writers", attackers=1 + WRITERS)
def import_beside_writers(place: Ground, client: httpx.Client, nth: int) -> None:
    """Import 2,000 tickets into the project in which others create some."""
    if nth == 0:
        files = {"file": ("crates.csv", ROWS.encode(), "text/csv")}
        place.ask(client, "POST", f"{PROJECT}/import", files=files)
    else:
        place.ask(client, "POST", f"{PROJECT}/tickets", json={"title": "Beside an import"})
