"""What follows other people's changes, besides cards."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from punt.pages.context import initials
from tests.browser.board import add, card, column, expect_live
from tests.browser.conftest import Watch, Window, open_live
from tests.browser.ticket import open_ticket
from tests.support.pictures import PICTURE
from tests.support.server import Server

PROJECT = "/api/projects/HARB"


def test_columns_appear_change_their_names_and_places_and_go(server: Server, window: Window) -> None:
    page, alice = window("bob"), server.client("alice")
    names = page.locator("[data-column-panel] [data-column-name]")

    made = alice.post(f"{PROJECT}/columns", json={"name": "Waiting", "wipLimit": 3}).json()
    expect(names).to_have_text(["To Do", "In Progress", "Review", "Done", "Waiting"])
    alice.patch(f"{PROJECT}/columns/{made['id']}", json={"name": "On hold", "order": 1})
    expect(names).to_have_text(["To Do", "On hold", "In Progress", "Review", "Done"])
    expect(column(page, "On hold").locator("[data-column-limit]")).to_contain_text("3")
    alice.delete(f"{PROJECT}/columns/{made['id']}")
    expect(names).to_have_text(["To Do", "In Progress", "Review", "Done"])


def test_labels_on_cards_follow_their_new_name_and_their_end(server: Server, window: Window) -> None:
    page, alice = window("bob"), server.client("alice")
    label = alice.post(f"{PROJECT}/labels", json={"name": "tides"}).json()
    alice.post(f"{PROJECT}/tickets", json={"title": "One", "labelIds": [label["id"]]})
    expect(card(page, "One").locator("[data-label]")).to_have_text("tides")

    alice.patch(f"{PROJECT}/labels/{label['id']}", json={"name": "currents"})
    expect(card(page, "One").locator("[data-label]")).to_have_text("currents")
    expect(card(page, "One")).to_have_attribute("aria-label", "HARB-1, Task, One, Medium priority, labels currents")
    alice.delete(f"{PROJECT}/labels/{label['id']}")
    expect(card(page, "One").locator("[data-label]")).to_have_count(0)
    expect(card(page, "One")).to_have_attribute("aria-label", "HARB-1, Task, One, Medium priority")


def test_labels_of_other_projects_are_not_offered_here(server: Server, window: Window) -> None:
    bob = server.client("bob")
    bob.post("/api/projects", json={"key": "BOAT", "name": "Boats"})
    bob.post(f"{PROJECT}/tickets", json={"title": "One"})
    page = window("bob")
    card(page, "One").locator("[data-open]").click()
    offered = page.locator("dialog [data-label-name]")

    bob.post("/api/projects/BOAT/labels", json={"name": "keel"})
    bob.post(f"{PROJECT}/labels", json={"name": "tides"})

    expect(offered).to_have_text(["tides"])
    expect(page.locator("[data-facet=label] [data-label-name]")).to_have_text(["tides"])


def test_an_open_ticket_offers_the_columns_and_people_of_now(server: Server, window: Window) -> None:
    alice = server.client("alice")
    alice.post(f"{PROJECT}/tickets", json={"title": "One"})
    page = window("bob")
    view = open_ticket(page, "One")
    places, people = view.locator("#move-column option"), view.locator("[name=assigneeId] option")

    made = alice.post(f"{PROJECT}/columns", json={"name": "Waiting"}).json()
    expect(places.last).to_have_text("Waiting")
    alice.patch(f"{PROJECT}/columns/{made['id']}", json={"name": "On hold", "order": 0})
    expect(places.first).to_have_text("On hold")
    alice.post(f"{PROJECT}/members", json={"username": "charlie", "role": "MEMBER"})
    expect(people.filter(has_text="Charlie Moreau")).to_have_count(1)
    server.client("charlie").patch("/api/me", json={"name": "Zoe"})
    expect(people.last).to_have_text("Zoe")


def test_a_column_that_becomes_the_last_step_makes_its_tickets_late_no_more(server: Server, window: Window) -> None:
    page, alice = window("bob"), server.client("alice")
    alice.post(f"{PROJECT}/tickets", json={"title": "One", "dueDate": "2020-01-01"})
    due = card(page, "One").locator("[data-field=due]")
    expect(due).to_have_attribute("data-due", "late")
    column_id = alice.get(f"{PROJECT}/columns").json()[0]["id"]
    words = card(page, "One").get_attribute("aria-label")

    alice.patch(f"{PROJECT}/columns/{column_id}", json={"name": "Closed"})

    expect(due).not_to_have_attribute("data-due", "late")
    expect(card(page, "One")).not_to_have_attribute("aria-label", words or "")


def test_a_ticket_that_came_back_while_nobody_could_hear_is_on_the_board_again(server: Server, window: Window) -> None:
    page, alice = window("bob"), server.client("alice")
    ticket = alice.post(f"{PROJECT}/tickets", json={"title": "One"}).json()["id"]
    before = server.rows("SELECT * FROM ticket WHERE id = ?", ticket)[0]
    alice.delete(f"{PROJECT}/tickets/{ticket}")
    expect(card(page, "One")).to_have_count(0)
    with server.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM binned_ticket")
        session.connection().exec_driver_sql(f"INSERT INTO ticket VALUES ({', '.join('?' * len(before))})", before)

    page.evaluate("dispatchEvent(new Event('punt:doubt'))")

    expect(card(page, "One")).to_have_count(1)


def test_the_project_list_follows_and_shows_nothing_of_others(server: Server, window: Window) -> None:
    page, alice = window("bob", "/"), server.client("alice")
    items = page.locator("[data-project-item] [data-project-name]")
    expect(items).to_have_text(["Harbour website"])

    alice.post("/api/projects", json={"key": "BREAD", "name": "Bakery"})
    assert server.flask("member", "add", "BREAD", "bob", "viewer").returncode == 0
    expect(items).to_have_text(["Bakery", "Harbour website"])
    alice.patch("/api/projects/BREAD", json={"name": "Bakery on the quay"})
    expect(items).to_have_text(["Bakery on the quay", "Harbour website"])
    alice.post("/api/projects", json={"key": "PRIVY", "name": "Alice's own"})
    alice.delete("/api/projects/BREAD")
    expect(items).to_have_text(["Harbour website"])


def test_a_persons_new_name_and_colour_reach_open_boards(server: Server, window: Window) -> None:
    alice, bob = server.client("alice"), server.client("bob")
    bobs_id = bob.get("/api/me").json()["id"]
    alice.post(f"{PROJECT}/tickets", json={"title": "One", "assigneeId": bobs_id})
    page = window("alice")
    face = card(page, "One").locator("[data-user]")

    bob.patch("/api/me", json={"name": "Robert Zimmer", "avatarColor": "#1d6f8a"})

    expect(face).to_have_attribute("title", "Robert Zimmer")
    expect(face.locator("text")).to_have_text("RZ")
    expect(face.locator("circle")).to_have_attribute("fill", "#1d6f8a")


def test_a_persons_initials_are_drawn_live_as_the_server_draws_them(server: Server, window: Window) -> None:
    alice, bob = server.client("alice"), server.client("bob")
    alice.post(f"{PROJECT}/tickets", json={"title": "One", "assigneeId": bob.get("/api/me").json()["id"]})
    face = card(window("alice"), "One").locator("[data-user]")

    for name in ("🦞 Lobster", "🦊", "Ada 🛥️ Byron", "ßara", "Zoë Ólafsdóttir"):
        bob.patch("/api/me", json={"name": name})

        expect(face).to_have_attribute("title", name)
        expect(face.locator("text")).to_have_text(initials(name))


def test_a_persons_picture_reaches_open_boards_and_goes_again(server: Server, window: Window) -> None:
    alice, bob = server.client("alice"), server.client("bob")
    for title in ("One", "Two"):
        alice.post(f"{PROJECT}/tickets", json={"title": title, "assigneeId": bob.get("/api/me").json()["id"]})
    page = window("alice")
    face = card(page, "One").locator("[data-user]")

    address = bob.put("/api/me/picture", content=PICTURE).json()["avatarUrl"]
    expect(face.locator("img")).to_have_attribute("src", address)
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-user] > img')].every((one) => one.naturalWidth === 256)"
    )
    add(page, "To Do", "Three")
    alice.patch(f"{PROJECT}/tickets/3", json={"assigneeId": bob.get("/api/me").json()["id"]})
    expect(card(page, "Three").locator("img")).to_have_attribute("src", address)
    bob.delete("/api/me/picture")

    expect(page.locator("[data-user] > img")).to_have_count(0)
    expect(face.locator("text")).to_have_text("BK")


def test_a_deleted_project_closes_its_board(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("404")
    page = window("bob")

    server.client("alice").delete(PROJECT)

    expect(page).to_have_url(f"{server.url}/")


def test_a_session_that_has_ended_leads_to_the_login_page_and_back(
    server: Server, profile: Callable[..., BrowserContext], watch: Watch
) -> None:
    watch.expect("401")
    page = open_live(profile("bob"))

    server.client("bob").patch(
        "/api/me/password", json={"currentPassword": "correct horse battery", "newPassword": "another horse battery"}
    )

    expect(page).to_have_url(f"{server.url}/login?next=%2Fprojects%2FHARB%2Fboard")
    page.locator('input[name="username"]').fill("bob")
    page.locator('input[name="password"]').fill("another horse battery")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/projects/HARB/board")
    expect_live(page)


def test_a_restarted_server_costs_a_board_nothing(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("ERR_")
    page = window("bob")
    page.evaluate("window.notReloaded = true")
    add(page, "To Do", "Before")

    server.stop()
    expect(page.locator("[data-connection]")).not_to_have_attribute("data-connection", "live")
    assert server.flask("db", "upgrade").returncode == 0
    server.start()
    server.client("alice").post(f"{PROJECT}/tickets", json={"title": "After"})

    expect(card(page, "After")).to_have_count(1)
    expect_live(page)
    assert page.evaluate("window.notReloaded")


def test_what_another_person_does_under_this_tabs_name_is_shown(server: Server, window: Window) -> None:
    page, alice = window("bob"), server.client("alice")
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/tickets")) as sent:
        add(page, "To Do", "One")
    name = {"X-Tab-Id": sent.value.headers["x-tab-id"]}
    [one] = alice.get(f"{PROJECT}/tickets").json()

    alice.post(f"{PROJECT}/tickets", json={"title": "Hidden"}, headers=name)
    alice.patch(f"{PROJECT}/tickets/{one['id']}", json={"title": "Changed"}, headers=name)
    expect(card(page, "Hidden")).to_have_count(1)
    expect(card(page, "Changed")).to_have_count(1)
    alice.delete(f"{PROJECT}/tickets/{one['id']}", headers=name)

    expect(card(page, "Changed")).to_have_count(0)


def test_text_that_looks_like_markup_stays_text(server: Server, window: Window) -> None:
    page = window("bob")
    nasty = '<img src=x onerror="document.title=1"> & "quotes"'

    server.client("alice").post(f"{PROJECT}/tickets", json={"title": nasty})

    expect(page.locator('[data-field="title"]', has_text="quotes")).to_have_text(nasty)
