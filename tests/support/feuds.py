"""What rivals do: each act goes against a rule, or against whoever is at work on the same thing."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from tests.support.cast import PASSWORD

if TYPE_CHECKING:
    from tests.support.rivalry import Rivalry

HARB, ADMIN = "/api/projects/HARB", "/api/admin/users"
WORKERS = ("alice", "adam", "bob")
ADMINS = ("sue", "adam", "bob")
ROLES = ("owner", "owner", "admin", "member", "viewer")
NAMES = ("Tide", "tide", "TIDE", "Quay", "quay")
KEYS = ("ONE", "TWO")

Act = Callable[["Rivalry", random.Random], "httpx.Response | None"]


def give_parent(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    child, parent = (rivals.tickets(dice, 2) * 2)[:2]
    change = {
        "parentId": dice.choice((parent, parent, None)),
        **({"title": "moved", "order": 0} if dice.random() < 0.3 else {}),
    }
    return rivals.ask(dice.choice(WORKERS), "PATCH", f"{HARB}/tickets/{child}", json=change)


def give_parent_to_all(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    parent, *children = rivals.tickets(dice, 4)
    change = {"ticketIds": children or [parent], "updates": {"parentId": parent}}
    return rivals.ask(dice.choice(WORKERS), "PATCH", f"{HARB}/tickets", json=change)


def change_type(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    change = {"type": dice.choice(("Task", "Subtask"))}
    return rivals.ask(dice.choice(WORKERS), "PATCH", f"{HARB}/tickets/{rivals.tickets(dice)[0]}", json=change)


def create(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    asked = {
        "title": "new",
        "type": dice.choice(("Task", "Subtask")),
        "parentId": dice.choice((None, *rivals.tickets(dice))),
    }
    asked |= {"assigneeId": rivals.mortal(dice)[1]} if dice.random() < 0.2 else {}
    return rivals.ask(rivals.somebody(dice), "POST", f"{HARB}/tickets", json=asked)


def delete(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    return rivals.ask(dice.choice(WORKERS), "DELETE", f"{HARB}/tickets", json={"ticketIds": rivals.tickets(dice, 2)})


def restore(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    binned = rivals.one_of(dice, f"{HARB}/bin")
    return rivals.ask(dice.choice(WORKERS), "POST", f"{HARB}/bin/{binned}/restore")


def move(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    ticket, other = (rivals.tickets(dice, 2) * 2)[:2]
    place = dice.choice(({"order": 0}, {"before": other}, {"columnId": rivals.one_of(dice, f"{HARB}/columns")}))
    return rivals.ask(dice.choice(WORKERS), "PATCH", f"{HARB}/tickets/{ticket}", json=place)


def assign(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    change = {"assigneeId": rivals.mortal(dice)[1]}
    return rivals.ask(dice.choice(WORKERS), "PATCH", f"{HARB}/tickets/{rivals.tickets(dice)[0]}", json=change)


def add_column(rivals: Rivalry, dice: random.Random) -> httpx.Response | None:
    if len(rivals.listed(f"{HARB}/columns")) > 3:
        return None
    return rivals.ask(dice.choice(WORKERS), "POST", f"{HARB}/columns", json={"name": "Column"})


def remove_column(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    going, heir = (rivals.one_of(dice, f"{HARB}/columns") for _ in "ab")
    return rivals.ask("alice", "DELETE", f"{HARB}/columns/{going}?moveTicketsTo={heir}")


def arrange_columns(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    ids = [each["id"] for each in rivals.listed(f"{HARB}/columns")]
    dice.shuffle(ids)
    return rivals.ask("alice", "PUT", f"{HARB}/columns/order", json={"columnIds": ids})


def sort_column(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    column = rivals.one_of(dice, f"{HARB}/columns")
    return rivals.ask("alice", "POST", f"{HARB}/columns/{column}/sort", json={"by": "priority"})


def add_label(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    return rivals.ask(dice.choice(WORKERS), "POST", f"{HARB}/labels", json={"name": dice.choice(NAMES)})


def rename_label(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    label = rivals.one_of(dice, f"{HARB}/labels")
    return rivals.ask(dice.choice(WORKERS), "PATCH", f"{HARB}/labels/{label}", json={"name": dice.choice(NAMES)})


def merge_labels(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    label, heir = (rivals.one_of(dice, f"{HARB}/labels") for _ in "ab")
    return rivals.ask(dice.choice(WORKERS), "POST", f"{HARB}/labels/{label}/merge", json={"into": heir})


def delete_label(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    return rivals.ask(dice.choice(WORKERS), "DELETE", f"{HARB}/labels/{rivals.one_of(dice, f'{HARB}/labels')}")


def put_label_on(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    change = {"labelIds": [rivals.one_of(dice, f"{HARB}/labels")]}
    return rivals.ask(dice.choice(WORKERS), "PATCH", f"{HARB}/tickets/{rivals.tickets(dice)[0]}", json=change)


def give_role(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    member = rivals.one_of(dice, f"{HARB}/members")
    return rivals.ask(rivals.somebody(dice), "PATCH", f"{HARB}/members/{member}", json={"role": dice.choice(ROLES)})


def let_in(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    asked = {"username": rivals.somebody(dice), "role": dice.choice(ROLES)}
    return rivals.ask(dice.choice(ADMINS), "POST", f"{HARB}/members", json=asked)


def let_go(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    return rivals.ask(rivals.somebody(dice), "DELETE", f"{HARB}/members/{rivals.one_of(dice, f'{HARB}/members')}")


def found_project(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    return rivals.ask(rivals.somebody(dice), "POST", "/api/projects", json={"key": dice.choice(KEYS), "name": "Rival"})


def delete_project(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    return rivals.ask(dice.choice(ADMINS), "DELETE", f"/api/projects/{dice.choice(KEYS)}")


def work_in_project(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    asked = {"title": "in a project that goes"}
    return rivals.ask(dice.choice(ADMINS), "POST", f"/api/projects/{dice.choice(KEYS)}/tickets", json=asked)


def make_admin(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    other = rivals.id_of(dice.choice(ADMINS))
    return rivals.ask(dice.choice(ADMINS), "PUT", f"{ADMIN}/{other}/admin", json={"yourPassword": PASSWORD})


def unmake_admin(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    return rivals.ask(dice.choice(ADMINS), "DELETE", f"{ADMIN}/{rivals.id_of(dice.choice(ADMINS))}/admin")


def disable_or_enable(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    other, change = rivals.id_of(dice.choice(ADMINS)), {"isActive": dice.random() < 0.7}
    return rivals.ask(dice.choice(ADMINS), "PATCH", f"{ADMIN}/{other}", json=change)


def take_email(rivals: Rivalry, dice: random.Random) -> httpx.Response:
    email = dice.choice(("One@example.org", "one@Example.org"))
    return rivals.ask(rivals.somebody(dice), "PATCH", "/api/me", json={"email": email})


ACTS: tuple[Act, ...] = (
    *(give_parent, give_parent, give_parent_to_all, change_type, change_type, create, create, create),
    *(delete, restore, restore, move, assign),
    *(add_column, remove_column, arrange_columns, sort_column),
    *(add_label, rename_label, merge_labels, delete_label, put_label_on),
    *(give_role, let_in, let_go, found_project, delete_project, work_in_project),
    *(make_admin, unmake_admin, disable_or_enable, take_email),
)
