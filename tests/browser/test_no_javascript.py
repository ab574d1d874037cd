"""With JavaScript off, everything works as plain forms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.board import card, column, expect_titles, sign_out
from tests.browser.conftest import Watch

Profile = Callable[..., BrowserContext]


def test_setup_login_project_create_edit_move_and_delete_work_without_javascript(stranger: Profile) -> None:
    page = stranger(java_script_enabled=False).new_page()
    _set_up_and_sign_in_again(page)

    page.locator('a[href="/projects/new"]').first.click()
    page.locator('input[name="name"]').fill("Harbour website")
    page.locator('input[name="key"]').fill("HARB")
    page.locator('textarea[name="description"]').fill("For visitors")
    page.locator("main form button").last.click()
    expect(page.locator("h1")).to_contain_text("Harbour website")

    for title in ("Paint the pier", "Oil the crane"):
        panel = column(page, "To Do")
        panel.locator("summary").click()
        panel.locator('input[name="title"]').fill(title)
        panel.locator("form button").first.click()
        card(page, title).wait_for()
    expect_titles(page, "To Do", ["Paint the pier", "Oil the crane"])

    card(page, "Paint the pier").locator("[data-open]").click()
    page.locator('textarea[name="title"]').fill("Paint the\nwhole pier")
    page.locator(".ticket__edit summary").click()
    page.locator('textarea[name="description"]').fill("Both *sides*")
    page.locator('select[name="type"]').select_option("Story")
    page.locator('input[name="newLabel"]').fill("outside")
    page.locator('input[name="dueDate"]').fill("2030-05-01")
    page.locator("form[data-ticket-form] button").last.click()
    expect(page.locator('textarea[name="title"]')).to_have_value("Paint the whole pier")
    expect(page.locator("[data-ticket-view] em")).to_have_text("sides")

    page.locator('form[data-move-form] select[name="columnId"]').select_option(label="To Do")
    page.locator('form[data-move-form] button[value="down"]').click()
    expect_titles(page, "To Do", ["Oil the crane", "Paint the whole pier"])

    card(page, "Paint the whole pier").locator("[data-open]").click()
    page.locator('form[data-move-form] select[name="columnId"]').select_option(label="Review")
    page.locator('form[data-move-form] button[value="top"]').click()
    expect_titles(page, "Review", ["Paint the whole pier"])
    expect(card(page, "Paint the whole pier").locator("[data-label]")).to_have_text("outside")

    card(page, "Oil the crane").locator("[data-open]").click()
    page.locator(".remover summary").click()
    page.locator("form[data-delete-form] button").click()
    expect(card(page, "Oil the crane")).to_have_count(0)
    expect(page.locator("[data-toasts]").last).to_contain_text("Deleted HARB-2")


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(stranger: Profile, watch: Watch) -> None:
    watch.expect("400")
    page = stranger(java_script_enabled=False).new_page()
    _set_up_and_sign_in_again(page)
    page.goto("/projects/new")
    page.locator('input[name="name"]').fill("Harbour website")
    page.locator('input[name="key"]').fill("9")

    page.locator('input[name="key"]').evaluate("(field) => field.form.noValidate = true")
    page.locator("main form button").last.click()

    field = page.locator('input[name="key"]')
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("9")
    expect(page.locator('input[name="name"]')).to_have_value("Harbour website")
    said_in = (field.get_attribute("aria-describedby") or "").split()
    expect(page.locator(f"[id='{said_in[0]}']")).to_have_text("Use 2 to 10 letters and digits, a letter first.")


@pytest.mark.parametrize("scripted", [False, True], ids=["plain", "scripted"])
def test_a_double_click_makes_one_thing(stranger: Profile, scripted: bool) -> None:
    page = stranger(java_script_enabled=scripted).new_page()
    _set_up_and_sign_in_again(page)
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))

    page.goto("/projects/new")
    page.locator('input[name="name"]').fill("Harbour website")
    page.locator('input[name="key"]').fill("HARB")
    page.locator("main form button").last.dblclick()
    expect(page.locator("h1")).to_contain_text("Harbour website")
    page.goto("/projects/HARB/tickets/new")
    page.locator('[name="title"]').fill("Paint the pier")
    page.locator("main form button.button--primary").dblclick()

    expect_titles(page, "To Do", ["Paint the pier"])
    expect(page.locator("[data-toasts]").last).to_contain_text("Created HARB-1")
    page.goto("/")
    expect(page.locator("[data-project-item] [data-project-key]")).to_have_count(1)
    if scripted:
        assert [request.method for request in requests].count("POST") == 2


def _set_up_and_sign_in_again(page: Page) -> None:
    page.goto("/")
    page.locator('input[name="username"]').fill("alice")
    page.locator('input[name="name"]').fill("Alice Lindqvist")
    page.locator('input[name="password"]').fill("correct horse battery")
    page.locator("main form button").last.click()
    sign_out(page)
    page.wait_for_url("**/login")
    page.goto("/projects/new")
    page.locator('input[name="username"]').fill("alice")
    page.locator('input[name="password"]').fill("correct horse battery")
    page.locator("main form button").last.click()
    expect(page.locator("h1")).to_contain_text("project")
    page.goto("/")
