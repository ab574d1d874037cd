"""Every page and form: who may use it, and a valid form. The API's table is ``tests.support.routes``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.board import TICKETS, made, shown
from tests.support.cast import PASSWORD
from tests.support.routes import MANAGE, OWN, PUBLIC, SEE, SIGNED_IN, WORK, things_of

ADMINS = frozenset({"sue"})
K = "/projects/<key>"
WIPE = "<any(wipe, 'wipe-projects'):what>"
Things = dict[str, str]


@dataclass(frozen=True)
class Page:
    """One page or form.

    :param who: PUBLIC, SIGNED_IN, ADMINS, or the people who may use it; everybody else in the project gets a 403.
    :param status: the response to a valid request.
    :param form: the fields; ``{column}`` and the like stand for ids.
    """

    method: str
    rule: str
    who: frozenset[str]
    status: int = 200
    form: dict[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def in_project(self) -> bool:
        return self.rule.startswith(K)

    @property
    def names_things(self) -> bool:
        return self.in_project and self.rule.count("<") > 1

    def ask(self, client: FlaskClient, things: Things, **options: Any) -> TestResponse:
        """Request the page, or submit the valid form."""
        form = json.loads(_filled(json.dumps(self.form), things))
        return client.open(self.address(things), method=self.method, data=form or None, **options)

    def address(self, things: Things) -> str:
        number = things["binned_number" if "/bin/" in self.rule else "number"]
        path = self.rule.replace("<key>", things.get("project", "HARB")).replace("<int:number>", number)
        path = path.replace(WIPE, "wipe")
        for name, value in things.items():
            path = path.replace(f"<{name}_id>", value)
        return path


PAGES = (
    Page("GET", "/setup", PUBLIC, 302),
    Page("POST", "/setup", PUBLIC, 302, {"username": "eve", "name": "Eve", "password": PASSWORD}),
    Page("GET", "/login", PUBLIC),
    Page("POST", "/login", PUBLIC, 302, {"username": "vera", "password": PASSWORD}),
    Page("POST", "/logout", PUBLIC, 302),
    Page("GET", "/static/<version>/<path:name>", PUBLIC, 404),
    Page("GET", "/favicon.ico", PUBLIC),
    Page("GET", "/avatars/<digest>.webp", PUBLIC, 401),  # a picture redirects nobody to the login
    Page("GET", "/register", PUBLIC, 403),  # registration is off
    Page("POST", "/register", PUBLIC, 403, {"username": "eve", "name": "Eve", "password": PASSWORD}),
    Page("GET", "/healthz", PUBLIC),
    Page("GET", "/readyz", PUBLIC),
    Page("GET", "/metrics", ADMINS),
    Page("GET", "/", SIGNED_IN),
    Page("GET", "/search", SIGNED_IN),
    Page("POST", "/theme", SIGNED_IN, 303, {"theme": "dark"}),
    Page("GET", "/profile", SIGNED_IN),
    Page("POST", "/profile", SIGNED_IN, 302, {"avatarColor": "#0f7b4d"}),
    Page("POST", "/profile/password", SIGNED_IN, 302, {"currentPassword": PASSWORD, "newPassword": PASSWORD}),
    Page("POST", "/profile/picture", SIGNED_IN, 400),
    Page("POST", "/profile/picture/remove", SIGNED_IN, 302),
    Page("POST", "/profile/sessions/end-others", SIGNED_IN, 302),
    Page("POST", "/profile/sessions/<session_id>/end", SIGNED_IN, 404),
    Page("POST", "/profile/tokens", SIGNED_IN, 302, {"name": "Nightly report", "scope": "read"}),
    Page("POST", "/profile/tokens/<token_id>/end", SIGNED_IN, 404),
    Page("GET", "/projects/new", SIGNED_IN),
    Page("POST", "/projects/new", SIGNED_IN, 302, {"key": "NEW", "name": "New"}),
    Page("GET", K, SEE, 302),
    Page("GET", f"{K}/", SEE, 302),
    Page("GET", f"{K}/board", SEE),
    Page("GET", f"{K}/bin", WORK),
    Page("POST", f"{K}/bin/<int:number>/restore", MANAGE, 302),
    Page("GET", f"{K}/columns/new", MANAGE),
    Page("POST", f"{K}/columns", MANAGE, 302, {"name": "Later"}),
    Page("GET", f"{K}/columns/<column_id>", MANAGE),
    Page("POST", f"{K}/columns/<column_id>", MANAGE, 302, {"name": "Soon"}),
    Page("POST", f"{K}/columns/<column_id>/move", MANAGE, 302, {"place": "left"}),
    Page("POST", f"{K}/columns/<column_id>/sort", MANAGE, 302, {"by": "priority"}),
    Page("POST", f"{K}/columns/<column_id>/delete", MANAGE, 302, {"moveTicketsTo": "{spare}"}),
    Page("GET", f"{K}/settings", SEE),
    Page("POST", f"{K}/settings", MANAGE, 302, {"description": "Ships"}),
    Page("POST", f"{K}/settings/delete", OWN, 400, {"key": "OTHER"}),
    Page("POST", f"{K}/members", MANAGE, 302, {"username": "{stranger}", "role": "viewer"}),
    Page("POST", f"{K}/members/<member_id>", MANAGE, 302, {"role": "member"}),
    Page("POST", f"{K}/members/<member_id>/remove", MANAGE, 302),
    Page("POST", f"{K}/labels", WORK, 302, {"name": "quay {ticket}"}),
    Page("GET", f"{K}/labels/<label_id>", WORK),
    Page("POST", f"{K}/labels/<label_id>", WORK, 302, {"color": "#0f7b4d"}),
    Page("POST", f"{K}/labels/<label_id>/merge", WORK, 302, {"into": "{heir}"}),
    Page("POST", f"{K}/labels/<label_id>/delete", WORK, 302),
    Page("GET", f"{K}/import", MANAGE),
    Page("POST", f"{K}/import", MANAGE, 400),
    Page("GET", f"{K}/import/<name>", MANAGE, 404),
    Page("POST", f"{K}/import/<name>", MANAGE, 404),
    Page("GET", f"{K}/tickets/new", WORK),
    Page("POST", f"{K}/tickets", WORK, 302, {"title": "Paint the buoys"}),
    Page("GET", f"{K}/tickets/<int:number>", SEE),
    Page("POST", f"{K}/tickets/<int:number>", WORK, 302, {"title": "Repaint the buoys"}),
    Page("POST", f"{K}/tickets/<int:number>/move", WORK, 302, {"columnId": "{spare}"}),
    Page("POST", f"{K}/tickets/<int:number>/delete", MANAGE, 302),
    Page("GET", f"{K}/tickets/<int:number>/history", SEE),
    Page("GET", "/admin", ADMINS),
    Page("GET", "/admin/people/new", ADMINS),
    Page("POST", "/admin/people", ADMINS, 302, {"username": "dora", "name": "Dora"}),
    Page("GET", "/admin/people/<user_id>", ADMINS),
    Page("POST", "/admin/people/<user_id>", ADMINS, 302, {"name": "Vera"}),
    Page("POST", "/admin/people/<user_id>/admin", ADMINS, 400),
    Page("POST", "/admin/people/<user_id>/no-admin", ADMINS, 302),
    Page("POST", "/admin/people/<user_id>/password", ADMINS, 400),
    Page("POST", "/admin/people/<user_id>/delete", ADMINS, 400),
    Page("GET", "/admin/settings", ADMINS),
    Page("POST", "/admin/settings", ADMINS, 302, {"siteName": "PUNT"}),
    Page("GET", "/admin/audit", ADMINS),
    Page("GET", "/admin/database", ADMINS),
    Page("POST", "/admin/database/export", ADMINS, 400),
    Page("POST", "/admin/database/import", ADMINS, 400),
    Page("GET", "/admin/database/import/<name>", ADMINS, 404),
    Page("POST", "/admin/database/import/<name>", ADMINS, 404),
    Page("POST", f"/admin/database/{WIPE}", ADMINS, 400),
)
"""All of them; deleting and restoring are for those who may delete any ticket: the ones here are Alice's.

What would delete too much is requested without the password or the phrase: only who may do it gets that error.
"""


def pages_of(app: Flask) -> set[str]:
    """List what an app answers outside ``/api``."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/api")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def things_with_numbers(alice: FlaskClient) -> Things:
    """Create the things that the pages refer to, all of them Alice's and new."""
    things = things_of(alice)
    binned = next(each for each in alice.get("/api/projects/HARB/bin").json or () if each["id"] == things["binned"])
    return things | {"number": str(shown(alice, things["ticket"])["number"]), "binned_number": str(binned["number"])}


def things_of_another_project(charlie: FlaskClient) -> Things:
    """Create such things in a project that none of the others belongs to, with numbers that only it has reached."""
    far = made(charlie, "/api/projects", key="FAR", name="Far away")["key"]
    column, spare = (made(charlie, f"/api/projects/{far}/columns", name=name)["id"] for name in ("Far", "Farther"))
    label, heir = (made(charlie, f"/api/projects/{far}/labels", name=name)["id"] for name in ("far", "farther"))
    ticket, binned = (made(charlie, f"/api/projects/{far}/tickets", title="Far") for _ in range(2))
    assert charlie.delete(f"/api/projects/{far}/tickets/{binned['id']}").status_code == 204
    member = (charlie.get(f"/api/projects/{far}/members").json or [])[0]["id"]
    of_board = {"column": column, "spare": spare, "columns": column, "label": label, "heir": heir, "member": member}
    return of_board | {"ticket": ticket["id"], "binned": binned["id"], "number": "404", "binned_number": "405"}


def _filled(text: str, things: Things) -> str:
    for name, value in things.items():
        text = text.replace(f"{{{name}}}", value)
    return text


__all__ = ["ADMINS", "PAGES", "PUBLIC", "SIGNED_IN", "TICKETS", "Page", "Things"]
