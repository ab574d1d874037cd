"""The script and the style sheet as they are served mean what was written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.sync_api import Browser

from punt.web import bundle
from punt.web.assets import STATIC, Tree
from tests.browser.board import expect_live
from tests.browser.conftest import Watch, Window, profiles
from tests.support.server import Server

READ = """(source) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(source);
  return [...sheet.cssRules].map((rule) => rule.cssText.replace(/\\s+/g, "").replace(/(?<![\\d.])0\\./g, "."));
}"""
SAME = {"background:0px0px;": "background:none;", "flex:initial;": "flex:01auto;", "font:.875rem": "font:400.875rem"}
"""Shorter notations for the same, which a browser returns as they were written."""
TOP = re.compile(r"^(?:async )?(?:const|let|class|function\*?) (\w+)", re.MULTILINE)


def written(name: str) -> str:
    return "\n".join(bundle.in_order(name, lambda each: (STATIC / each).read_text(), set()))


def test_a_browser_reads_the_same_rules_in_the_joined_sheet(window: Window) -> None:
    page = window("alice")

    served = "\n".join(page.evaluate(READ, Tree(STATIC).served("css/app.css").decode()))
    for short, long in SAME.items():
        served = served.replace(short, long)

    assert served.split("\n") == page.evaluate(READ, written("css/app.css"))


def test_no_name_at_the_top_of_a_module_hides_one_of_the_browsers_from_the_others(window: Window) -> None:
    names = TOP.findall(written("js/app.js").replace("export ", ""))

    assert len(names) > 100
    assert window("alice").evaluate("(names) => names.filter((name) => name in window)", names) == []


def test_in_debug_a_board_is_live_by_its_modules_as_they_were_written(
    browser: Browser, inhabited: Path, tmp_path: Path, watch: Watch
) -> None:
    server = Server(Path(shutil.copytree(inhabited, tmp_path / "instance")), 1, {"FLASK_DEBUG": "1"}).start()
    try:
        with profiles(browser, server, watch) as make:
            page = make("bob").new_page()
            page.goto("/projects/HARB/board")
            expect_live(page)
            names = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    finally:
        server.stop()

    assert {"app.js", "board.js", "dom.js", "stream.js"} <= {name.rpartition("/")[2] for name in names}
