"""Style sheets as they are served say what was written."""

from __future__ import annotations

from punt import minify
from punt.assets import STATIC
from tests.browser.conftest import Window

READ = """(source) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(source);
  const blanks = /(?<=[,(])\\s+|\\s+(?=[,)])/g;  // where a value has a variable, a browser keeps it as written
  return [...sheet.cssRules].map((rule) => rule.cssText.replaceAll(blanks, ""));
}"""


def test_a_browser_reads_the_same_rules_in_a_shortened_style_sheet(window: Window) -> None:
    page = window("alice")

    for path in sorted(STATIC.rglob("*.css")):
        written = path.read_text()
        assert page.evaluate(READ, minify.style(written)) == page.evaluate(READ, written), path.name
