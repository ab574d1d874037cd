"""Much work in one request: texts that are slow to render, and changes of thousands of tickets at once."""

from __future__ import annotations

import httpx

from bench.attacks.ground import ATTACKED, Ground
from bench.attacks.registry import attack

PROJECT = f"/api/projects/{ATTACKED}"
SLOW_MARKDOWN = "[" * 49_900
ROWS = "\n".join(["title,status,labels", *(f"Crate {nth},To Do,freight" for nth in range(2000))])
WRITERS = 40
"""More than a worker has connections to the database."""


@attack("previews", attackers=12)
def preview(place: Ground, client: httpx.Client, nth: int) -> None:
    """Have texts rendered on which the parser takes long, each another one, so that none is remembered."""
    place.ask(client, "POST", f"{PROJECT}/preview", json={"text": f"{SLOW_MARKDOWN}{nth}-{place.answers.total()}"})


@attack("sort")
def sort(place: Ground, client: httpx.Client, _: int) -> None:
    """Sort a column of thousands, each time otherwise."""
    by = ("priority", "dueDate")[place.answers.total() % 2]
    place.ask(client, "POST", f"{PROJECT}/columns/{place.column}/sort", json={"by": by})


@attack("merge")
def merge(place: Ground, client: httpx.Client, _: int) -> None:
    """Put a new label in the place of the one that thousands carry."""
    heir = place.ask(client, "POST", f"{PROJECT}/labels", json={"name": f"tide {place.answers.total()}"})
    if heir is not None and heir.status_code == 201:
        merged = place.ask(client, "POST", f"{PROJECT}/labels/{place.label}/merge", json={"into": heir.json()["id"]})
        if merged is not None and merged.status_code == 200:
            place.label = heir.json()["id"]


@attack("column removal")
def remove_column(place: Ground, client: httpx.Client, _: int) -> None:
    """Remove the column in which thousands lie; they go to a new one."""
    heir = place.ask(client, "POST", f"{PROJECT}/columns", json={"name": f"Quay {place.answers.total()}"})
    if heir is not None and heir.status_code == 201:
        path = f"{PROJECT}/columns/{place.column}?moveTicketsTo={heir.json()['id']}"
        removed = place.ask(client, "DELETE", path)
        if removed is not None and removed.status_code == 204:
            place.column = heir.json()["id"]


@attack("import beside writers", attackers=1 + WRITERS)
def import_beside_writers(place: Ground, client: httpx.Client, nth: int) -> None:
    """Import 2,000 tickets into the project in which others create some."""
    if nth == 0:
        files = {"file": ("crates.csv", ROWS.encode(), "text/csv")}
        place.ask(client, "POST", f"/projects/{ATTACKED}/import", files=files)
    else:
        place.ask(client, "POST", f"{PROJECT}/tickets", json={"title": "Beside an import"})
