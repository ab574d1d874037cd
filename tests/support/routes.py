"""Every route of the API: who may use it, and a valid request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.board import HARB, TICKETS, column_ids, made, ticket
from tests.support.cast import PASSWORD, enrol
from tests.support.pictures import PICTURE

PUBLIC, SIGNED_IN = frozenset({"public"}), frozenset({"signed in"})
ADMINS = frozenset({"sue"})
SEE = frozenset({"alice", "adam", "bob", "vera", "sue"})
WORK = SEE - {"vera"}
MANAGE = WORK - {"bob"}
OWN = MANAGE - {"adam"}
"""The domain's table: Alice is owner, Adam admin, Bob member, Vera viewer; Sue is a system admin."""

"""The people who administer the server; what they may do is tested beside each route."""

P = "/api/projects/<reference>"
D = "/api/admin/database"


@dataclass(frozen=True)
class Route:
    """One route.

    :param who: PUBLIC, SIGNED_IN, ADMINS, or the people who may use it; everybody else in the project gets a 403.
    :param status: the response to a valid request.
    :param data: a valid body that is not JSON.
    :param body: a valid body; ``{column}``, ``{spare}``, ``{label}``, ``{heir}`` and ``{ticket}`` stand for ids,
        ``{stranger}`` for a username.
    """

    method: str
    rule: str
    who: frozenset[str]
    status: int = 200
    body: Any = None
    query: str = ""
    data: bytes | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def in_project(self) -> bool:
        return self.rule.startswith(P)

    @property
    def somebody(self) -> str:
        """One of those who may use it."""
        return "sue" if self.who == ADMINS else "alice"

    @property
    def stream(self) -> bool:
        return self.rule.endswith("/events")

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    def ask(self, client: FlaskClient, things: dict[str, str], *, body: Any = ..., **options: Any) -> TestResponse:
        """Send the valid request, or one with another body."""
        if body is ...:
            body = self.filled(things)
        if body is not None and "data" not in options:
            options["json"] = body
        elif self.data:
            options.setdefault("data", self.data)
        return client.open(self.address(things), method=options.pop("method", self.method), **options)

    def filled(self, things: dict[str, str]) -> Any:
        """Return the valid body, with ids in it."""
        return json.loads(_filled(json.dumps(self.body), things))

    def address(self, things: dict[str, str]) -> str:
        path = self.rule.replace("<reference>", things.get("project", "HARB")) + self.query
        for name in ("column", "label", "member", "ticket", "binned", "user"):
            path = path.replace(f"<{name}_id>", things[name]).replace(f"<{name}_reference>", things[name])
        return _filled(path.replace("<session_id>", "nobodys").replace("<token_id>", "nobodys"), things)


ROUTES = (
    Route("GET", "/api/openapi.json", PUBLIC),
    Route("GET", "/api/auth/setup", PUBLIC),
    Route("POST", "/api/auth/setup", PUBLIC, 403, {"username": "eve", "name": "Eve", "password": PASSWORD}),
    Route("POST", "/api/auth/register", PUBLIC, 403),
    Route("POST", "/api/auth/login", PUBLIC, 200, {"username": "vera", "password": PASSWORD}),
    Route("POST", "/api/auth/logout", PUBLIC, 204),
    Route("GET", "/api/auth/session", PUBLIC),
    Route("GET", "/api/me", SIGNED_IN),
    Route("PATCH", "/api/me", SIGNED_IN, 200, {"avatarColor": "#0f7b4d"}),
    Route("PATCH", "/api/me/password", SIGNED_IN, 204, {"currentPassword": PASSWORD, "newPassword": PASSWORD}),
    Route("PUT", "/api/me/picture", SIGNED_IN, data=PICTURE),
    Route("DELETE", "/api/me/picture", SIGNED_IN, 204),
    Route("GET", "/api/me/sessions", SIGNED_IN),
    Route("DELETE", "/api/me/sessions", SIGNED_IN, 204),
    Route("DELETE", "/api/me/sessions/<session_id>", SIGNED_IN, 404),
    Route("GET", "/api/me/tokens", SIGNED_IN),
    Route("POST", "/api/me/tokens", SIGNED_IN, 201, {"name": "Nightly report"}),
    Route("DELETE", "/api/me/tokens/<token_id>", SIGNED_IN, 404),
    Route("GET", "/api/projects", SIGNED_IN),
    Route("POST", "/api/projects", SIGNED_IN, 201, {"key": "NEW", "name": "New"}),
    Route("GET", "/api/search", SIGNED_IN),
    Route("GET", P, SEE),
    Route("PATCH", P, MANAGE, 200, {"description": "Ships"}),
    Route("DELETE", P, OWN, 204),
    Route("GET", f"{P}/members", SEE),
    Route("POST", f"{P}/members", MANAGE, 201, {"username": "{stranger}", "role": "viewer"}),
    Route("PATCH", f"{P}/members/<member_id>", MANAGE, 200, {"role": "member"}),
    Route("DELETE", f"{P}/members/<member_id>", MANAGE, 204),
    Route("GET", f"{P}/columns", SEE),
    Route("POST", f"{P}/columns", MANAGE, 201, {"name": "Later"}),
    Route("PATCH", f"{P}/columns/<column_id>", MANAGE, 200, {"name": "Soon"}),
    Route("PUT", f"{P}/columns/order", MANAGE, 200, {"columnIds": ["{columns}"]}),
    Route("POST", f"{P}/columns/<column_id>/sort", MANAGE, 200, {"by": "priority"}),
    Route("PUT", f"{P}/columns/<column_id>/order", MANAGE, 200, {"tickets": [{"id": "{ticket}", "rank": "a0"}]}),
    Route("DELETE", f"{P}/columns/<column_id>", MANAGE, 204, query="?moveTicketsTo={spare}"),
    Route("GET", f"{P}/labels", SEE),
    Route("POST", f"{P}/labels", WORK, 201, {"name": "quay {ticket}"}),
    Route("PATCH", f"{P}/labels/<label_id>", WORK, 200, {"color": "#0f7b4d"}),
    Route("POST", f"{P}/labels/<label_id>/merge", WORK, 200, {"into": "{heir}"}),
    Route("DELETE", f"{P}/labels/<label_id>", WORK, 204),
    Route("GET", f"{P}/tickets", SEE),
    Route("POST", f"{P}/tickets", WORK, 201, {"title": "Paint the buoys"}),
    Route("PATCH", f"{P}/tickets", WORK, 200, {"ticketIds": ["{ticket}"], "updates": {"columnId": "{spare}"}}),
    Route("DELETE", f"{P}/tickets", MANAGE, 204, {"ticketIds": ["{ticket}"]}),
    Route("GET", f"{P}/tickets/<ticket_reference>", SEE),
    Route("PATCH", f"{P}/tickets/<ticket_reference>", WORK, 200, {"title": "Repaint", "columnId": "{spare}"}),
    Route("DELETE", f"{P}/tickets/<ticket_reference>", MANAGE, 204),
    Route("GET", f"{P}/tickets/<ticket_reference>/history", SEE),
    Route("GET", f"{P}/bin", WORK),
    Route("POST", f"{P}/bin/<binned_reference>/restore", MANAGE, 200),
    Route("POST", f"{P}/import", MANAGE, 400),
    Route("POST", f"{P}/preview", WORK, 200, {"text": "Red ones *first*"}),
    Route("PUT", f"{P}/presence", SEE, 200, {"ticketId": "{ticket}"}),
    Route("DELETE", f"{P}/presence", SEE, 204),
    Route("GET", f"{P}/events", SEE),
    Route("GET", "/api/projects/events", SIGNED_IN),
    Route("GET", "/api/users/events", SIGNED_IN),
    Route("GET", "/api/events", SIGNED_IN),
    Route("GET", "/api/admin/users", ADMINS),
    Route("POST", "/api/admin/users", ADMINS, 201, {"username": "dora", "name": "Dora"}),
    Route("GET", "/api/admin/users/<user_id>", ADMINS),
    Route("PATCH", "/api/admin/users/<user_id>", ADMINS, 200, {"name": "Vera"}),
    Route("DELETE", "/api/admin/users/<user_id>", ADMINS, 204, {"yourPassword": PASSWORD}),
    Route("POST", "/api/admin/users/<user_id>/password", ADMINS, 200, {"yourPassword": PASSWORD}),
    Route("PUT", "/api/admin/users/<user_id>/admin", ADMINS, 200, {"yourPassword": PASSWORD}),
    Route("DELETE", "/api/admin/users/<user_id>/admin", ADMINS),
    Route("GET", "/api/admin/settings", ADMINS),
    Route("PATCH", "/api/admin/settings", ADMINS, 200, {"registration": False}),
    Route("GET", "/api/admin/audit", ADMINS),
    Route("POST", f"{D}/export", ADMINS),
    Route("POST", f"{D}/import", ADMINS),
    Route("POST", f"{D}/wipe", ADMINS, 204),
    Route("POST", f"{D}/wipe-projects", ADMINS, 204),
)
"""All of them; deleting tickets is for those who may delete any: the ticket here is Alice's.

The session and the token belong to nobody.
"""


def things_of(alice: FlaskClient) -> dict[str, str]:
    """Create the things that the routes refer to: all of them Alice's, and new."""
    spare = column_ids(alice)[0]
    column = made(alice, f"{HARB}/columns", name="Soon")["id"]
    label, heir = (made(alice, f"{HARB}/labels", name=f"{name} of {column}")["id"] for name in ("label", "heir"))
    guest, stranger = (enrol(alice.application, f"{name}-{column[-20:]}") for name in ("guest", "stranger"))
    member = made(alice, f"{HARB}/members", username=guest, role="viewer")["id"]
    columns = '", "'.join(column_ids(alice))
    made_ticket = ticket(alice, columnId=column)["id"]
    binned = ticket(alice, columnId=column)["id"]
    assert alice.delete(f"{TICKETS}/{binned}").status_code == 204
    of_board = {"spare": spare, "column": column, "columns": columns, "label": label, "heir": heir}
    vera = next(each["user"]["id"] for each in alice.get(f"{HARB}/members").json or () if each["role"] == "viewer")
    of_people = {"member": member, "stranger": stranger, "user": vera}
    return of_board | of_people | {"ticket": made_ticket, "binned": binned}


def routes_of(app: Flask) -> set[str]:
    """List what an app serves under ``/api``."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _filled(text: str, things: dict[str, str]) -> str:
    for name, value in things.items():
        text = text.replace(f"{{{name}}}", value)
    return text


__all__ = ["HARB", "MANAGE", "OWN", "PUBLIC", "ROUTES", "SEE", "SIGNED_IN", "TICKETS", "WORK", "Route"]
