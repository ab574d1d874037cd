"""A ticket open over the board: its address, and its help with writing."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser.board import expect_titles
from tests.browser.conftest import Watch, Window
from tests.browser.hands import in_database
from tests.browser.network import intercept, until_told
from tests.browser.ticket import describe, field, make, notice, open_ticket, save, shown
from tests.support.server import Server
from tests.support.wait import until

DIRECTION = "(element) => getComputedStyle(element).direction"


def test_a_ticket_has_its_own_address_and_back_closes_it(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob")
    dialog = page.locator("dialog[open]")

    open_ticket(page, "Paint the pier")
    expect(page).to_have_url(f"{server.url}/projects/HARB/tickets/1")
    page.go_back()
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(f"{server.url}/projects/HARB/board")
    page.go_forward()
    expect(dialog).to_have_count(1)
    page.keyboard.press("Escape")

    expect(page).to_have_url(f"{server.url}/projects/HARB/board")


def test_letters_typed_while_a_ticket_is_loading_do_nothing(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob")
    asked: list[Route] = []
    intercept(page, "**/tickets/1", lambda route: asked.append(route))
    page.keyboard.press("j")

    page.keyboard.press("e")
    board = page.locator("[data-board]")
    expect(board).to_have_attribute("aria-busy", "true")
    assert board.evaluate("(one) => getComputedStyle(one, '::before').height") == "3px"
    page.keyboard.type("xn")

    expect(page.locator("[data-selected], [data-quick-add][open]")).to_have_count(0)
    until_told(page, lambda: asked, what="the ticket")[0].continue_()
    expect(page.locator("dialog [name=title]")).to_be_focused()
    expect(board).not_to_have_attribute("aria-busy", "true")
    page.unroute_all()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_count(1)


def test_a_ticket_that_does_not_come_leaves_the_board_at_hand(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("ERR_FAILED")
    make(server, "Paint the pier")
    page = window("bob")
    intercept(page, "**/tickets/1", lambda route: route.abort())
    page.keyboard.press("j")

    page.keyboard.press("Enter")

    expect(notice(page, "cannot be reached")).to_have_role("alert")
    expect(page.locator("[data-board]")).not_to_have_attribute("aria-busy", "true")


def test_every_field_of_a_ticket_can_be_changed_in_the_dialog(server: Server, window: Window) -> None:
    parent, bobs_id = make(server, "Harbour")["id"], server.client("bob").get("/api/me").json()["id"]
    make(server, "Paint the pier")
    page = window("bob")
    view = open_ticket(page, "Paint the pier")
    typed = {"title": "Pier", "storyPoints": "5", "estimate": "2h", "startDate": "2030-05-01", "dueDate": "2030-05-02"}
    chosen = {"type": "Story", "priority": "High", "assigneeId": bobs_id, "parentId": parent}

    describe(view, "Both *sides*")
    for name, value in typed.items():
        field(view, name).fill(value)
    for name, value in chosen.items():
        field(view, name).select_option(value)
    save(view)
    notice(page, "HARB-2 is saved.")

    saved = shown(server, 2)
    assert {name: str(saved[name]) for name in typed | chosen} == typed | chosen
    expect(view.locator("em")).to_have_text("sides")
    assert field(view, "dueDate").get_attribute("type") == "date"


def test_a_long_title_is_shown_once_and_whole_and_stays_on_one_line(server: Server, window: Window) -> None:
    long = "Paint the whole of the pier, " * 6
    make(server, long)
    page = window("bob")
    view = open_ticket(page, long.strip())
    title = field(view, "title")

    expect(view.locator("h1")).to_have_class(re.compile(r"\bunseen\b"))
    assert title.evaluate("(one) => one.scrollHeight - one.clientHeight") <= 1
    assert title.evaluate("(one) => one.clientHeight") > 50
    title.fill("Oil\n the crane")
    expect(title).to_have_value("Oil the crane")
    assert title.evaluate("(one) => one.clientHeight") < 50
    title.press("Enter")

    notice(page, "HARB-1 is saved.")
    assert shown(server)["title"] == "Oil the crane"


def test_a_new_title_is_saved_by_the_enter_key(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob")
    view = open_ticket(page, "Paint the pier")

    field(view, "title").fill("Oil the crane")
    field(view, "title").press("Enter")

    notice(page, "HARB-1 is saved.")
    assert shown(server)["title"] == "Oil the crane"


def test_markdown_is_previewed_as_it_will_look(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob")
    view = open_ticket(page, "Paint the pier")
    describe(view, "Both *sides*\n\n- [ ] <b>red</b>")
    preview = view.get_by_role("button", name="Preview")

    preview.click()
    expect(view.locator("#preview em")).to_have_text("sides")
    expect(view.locator("#preview b")).to_have_count(0)
    expect(field(view, "description")).to_be_hidden()
    preview.click()

    expect(field(view, "description")).to_have_value("Both *sides*\n\n- [ ] <b>red</b>")
    expect(view.locator("#preview")).to_be_hidden()


def test_a_label_is_made_where_it_is_chosen_and_is_there_for_others_too(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page, other = window("bob"), window("alice", "/projects/HARB/tickets/1")
    view = open_ticket(page, "Paint the pier")

    field(view, "newLabel").fill("quay")
    field(view, "newLabel").press("Enter")
    chip = view.locator("[data-label-choices] [data-label]", has_text="quay")
    expect(chip.locator("input")).to_be_checked()
    expect(field(view, "newLabel")).to_have_value("")
    expect(other.locator("[data-label-choices] [data-label]", has_text="quay").locator("input")).not_to_be_checked()
    field(view, "newLabel").fill("QUAY")
    view.get_by_role("button", name="Add", exact=True).click()
    expect(chip).to_have_count(1)
    assert shown(server)["labels"] == []
    save(view)

    until(lambda: [each["name"] for each in shown(server)["labels"]] == ["quay"], what="the label")


def test_a_start_after_the_due_date_is_refused_at_its_field(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("400")
    make(server, "Paint the pier", dueDate="2030-05-01")
    page = window("bob")
    view = open_ticket(page, "Paint the pier")
    field(view, "startDate").fill("2030-05-02")

    save(view)

    expect(field(view, "startDate")).to_have_attribute("aria-invalid", "true")
    expect(view.locator("#field-startDate-error")).to_have_text("The start is after the due date.")
    expect(field(view, "startDate")).to_be_focused()
    field(view, "startDate").fill("2030-05-01")
    save(view)
    notice(page, "HARB-1 is saved.")
    assert shown(server)["startDate"] == "2030-05-01"


def test_on_the_page_for_a_new_ticket_labels_and_preview_work_too(server: Server, window: Window) -> None:
    page = window("bob", "/projects/HARB/tickets/new")
    form = page.locator("main form")

    form.locator("[name=title]").fill("Paint the pier")
    form.locator("[name=description]").fill("Both *sides*")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator("#preview em")).to_have_text("sides")
    form.locator("[name=newLabel]").fill("quay")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.locator("[data-label-choices] input:checked")).to_have_count(1)
    form.get_by_role("button", name="Create ticket").click()
    expect(page).to_have_url(f"{server.url}/projects/HARB/board")

    saved = shown(server)
    assert (saved["description"], [each["name"] for each in saved["labels"]]) == ("Both *sides*", ["quay"])


def test_a_ticket_is_placed_by_the_buttons_of_its_dialog(server: Server, window: Window) -> None:
    for title in ("One", "Two", "Three"):
        make(server, title)
    page = window("alice")
    view = open_ticket(page, "One")
    mover = view.locator("[data-move-form]")

    for place, order in (
        ("Down", ["Two", "One", "Three"]),
        ("Bottom", ["Two", "Three", "One"]),
        ("Up", ["Two", "One", "Three"]),
        ("Top", ["One", "Two", "Three"]),
    ):
        mover.get_by_role("button", name=place).press("Enter")  # a notice may cover it
        expect_titles(page, "To Do", order)
    mover.get_by_label("Move to").select_option(label="Done")
    mover.get_by_role("button", name="Top").press("Enter")

    expect_titles(page, "Done", ["One"])
    assert in_database(server)["Done"] == ["One"]


def test_a_text_of_signs_that_browsers_count_twice_can_be_edited(server: Server, window: Window) -> None:
    make(server, "🦞" * 150)
    page = window("bob", "/projects/HARB/tickets/1")

    field(page, "title").press("Control+End")
    field(page, "title").press_sequentially("🦞!")
    save(page)

    notice(page, "HARB-1 is saved.")
    assert shown(server)["title"] == "🦞" * 151 + "!"


def test_what_people_write_from_right_to_left_stands_so(server: Server, window: Window) -> None:
    alice = server.client("alice")
    alice.post("/api/projects/HARB/columns", json={"name": "בעבודה"})
    label = alice.post("/api/projects/HARB/labels", json={"name": "דחוף"}).json()["id"]
    make(server, "לצבוע את המזח HARB", description="תיאור של pier", labelIds=[label])
    page = window("bob")

    written = (".card__title", ".card .label__name", ".column__name >> nth=-1")
    assert [page.locator(place).first.evaluate(DIRECTION) for place in written] == ["rtl", "rtl", "rtl"]
    assert page.locator(".column__name").first.evaluate(DIRECTION) == "ltr"
    page.goto("/projects/HARB/tickets/1")
    written = ("form[data-ticket-form] [name=title]", "form[data-ticket-form] [name=description]", ".prose")
    assert [page.locator(place).first.evaluate(DIRECTION) for place in written] == ["rtl", "rtl", "rtl"]
