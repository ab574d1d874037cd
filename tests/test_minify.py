"""Scripts and styles are joined in their order, each once, and say what they said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from punt import minify
from punt.assets import STATIC

EXPORTED = re.compile(r"^export (?:async )?(?:const|let|class|function\*?) (\w+)", re.MULTILINE)
NO_CODE = re.compile(r"/\*.*?\*/|//[^\n]*|\"[^\"\n]*\"|\.{3}", re.DOTALL)
TWO = {
    "js/app.js": 'import { low } from "./low.js";\nimport { high } from "./high.js";\n\nconsole.log(low, high());\n',
    "js/high.js": 'import { low } from "./low.js";\n\n/** Why. */\nexport function high() {\n  return low + 1;\n}\n',
    "js/low.js": "export const low = 1;\n",
    "css/app.css": '/* all */\n@import "low.css";\n@import "high.css";\n',
    "css/low.css": "a { color: #ff0000; }\n",
    "css/high.css": "a { color: #00ff00; }\n",
}


def shortened(sheet: str) -> str:
    return minify.whole("css/app.css", {"css/app.css": sheet}.__getitem__)


def test_a_module_comes_once_and_after_what_it_imports() -> None:
    script = minify.whole("js/app.js", TWO.__getitem__)

    assert re.fullmatch(r"\(\(\)=>\{let (\w)=\(\)=>(\w)\+1,\2=1;console\.log\(\2,\1\(\)\)\}\)\(\)", script)


def test_sheets_keep_the_order_in_which_they_overrule() -> None:
    assert minify.whole("css/app.css", TWO.__getitem__) == "a{color:red}a{color:#0f0}"


def test_variables_get_short_names_wherever_they_stand() -> None:
    sheet = ":root { --bar: red; --ink: #171c24 }\na--ink { --bar: 0; color: var(--ink, red); margin: var(--bar) }\n"

    assert shortened(sheet) == ":root{--a:red;--b:#171c24}a--ink{--a:0;color:var(--b,red);margin:var(--a)}"


def test_a_variable_gives_way_to_its_value_where_that_is_not_longer() -> None:
    root = ":root { --gap: .5rem; --once: light-dark(#fff, #1b2027); --ink: light-dark(#171c24, #e8ebf0); }"
    rule = "a { margin: var(--gap) calc(-1 * var(--gap)); fill: var(--once); stroke: var(--ink); color: var(--ink) }"

    assert shortened(f"{root}\n{rule}") == (
        ":root{--a:light-dark(#171c24,#e8ebf0)}"
        "a{margin:.5rem -.5rem;fill:light-dark(#fff,#1b2027);stroke:var(--a);color:var(--a)}"
    )


def test_blocks_of_one_layer_become_one() -> None:
    sheet = "@layer low, high;\n@layer high {\n  a { top: 0; }\n}\n@layer low {\n  a { top: 1px; }\n}\n"

    short = shortened(f"{sheet}@layer high {{\n  @media print {{\n    a {{ top: 2px; }}\n  }}\n}}\n")

    assert short == "@layer low,high;@layer high{a{top:0}@media print{a{top:2px}}}@layer low{a{top:1px}}"


def test_rules_within_rules_lose_their_spaces_but_for_those_that_tell() -> None:
    sheet = 'a { top: 0; & > b, & c + d { top: calc(1px + 2vh) } &[title="1"]:hover i { content: "&, 2" } }'

    assert shortened(sheet) == 'a{top:0;&>b,& c+d{top:calc(1px + 2vh)}&[title="1"]:hover i{content:"&, 2"}}'


def test_the_sheet_knows_every_variable_by_the_name_that_icons_call_it() -> None:
    sheet = minify.whole("css/app.css", lambda name: (STATIC / name).read_text())

    named = set(re.findall(r"var\((--[\w-]+)\)", (STATIC / "icons.svg").read_text()))

    assert named
    assert not named - set(re.findall(r"(--[\w-]+):", sheet))


def test_modules_that_import_each_other_are_joined_too() -> None:
    ring = {
        "js/app.js": 'import { b } from "./b.js";\nexport const a = () => b;\n',
        "js/b.js": 'import { a } from "./app.js";\nexport const b = () => a;\n',
    }

    assert minify.whole("js/app.js", ring.__getitem__).count("let") == 1


def test_constants_are_declared_by_the_shorter_word_and_texts_about_them_left_alone() -> None:
    script = (
        "let one = 1;\nconst two = [2];\nfor (const each of two) {\n  const x = 'const y';\n  log(x, each, one);\n}\n"
    )

    short = minify.whole("js/app.js", {"js/app.js": script}.__getitem__)

    assert re.fullmatch(
        r'\(\(\)=>\{let (\w)=1,(\w)=\[2\];for\(let (\w) of \2\)\{let (\w)="const y";log\(\4,\3,\1\)\}\}\)\(\)', short
    )


@pytest.mark.parametrize("path", sorted((STATIC / "js").iterdir()), ids=lambda path: path.name)
def test_no_module_writes_to_its_constants_as_only_a_browser_in_debug_would_mind(path: Path) -> None:
    declared = re.findall(r"\bconst ([\w, {}\[\]:.]+?)(?: =| of)", path.read_text())
    headless = re.sub(
        r"^ *(?:export )?(?:async )?(?:function )?#?\w+\(.*\) \{$", "", path.read_text(), flags=re.MULTILINE
    )

    constants = set(re.findall(r"\w+", " ".join(declared)))
    written = re.findall(r"(?:^ *|\()(\w+)(?: (?:[-+*/|&?]{1,2})?= |\+\+|--)", headless, flags=re.MULTILINE)

    assert constants.isdisjoint(written)


def test_two_modules_with_one_name_at_their_top_are_refused_by_that_name() -> None:
    clash = {**TWO, "js/low.js": "export const low = 1;\nfunction high() {}\n"}

    with pytest.raises(ValueError, match="high: at the top of two modules"):
        minify.whole("js/app.js", clash.__getitem__)


def test_an_import_of_nothing_is_an_error() -> None:
    with pytest.raises(KeyError):
        minify.whole("js/app.js", {"js/app.js": 'import { x } from "./nothing.js";\n'}.__getitem__)


def test_every_script_and_sheet_is_imported_from_the_first_one() -> None:
    for kind in ("js", "css"):
        met: set[str] = set()
        list(minify.in_order(f"{kind}/app.{kind}", lambda name: (STATIC / name).read_text(), met))
        assert met == {f"{kind}/{path.name}" for path in Path(STATIC / kind).iterdir()}


def test_every_module_imports_what_it_calls() -> None:
    sources = {path: path.read_text() for path in Path(STATIC / "js").iterdir()}
    exported = {name for source in sources.values() for name in EXPORTED.findall(source)}

    for path, source in sources.items():
        known = set(re.findall(r"\w+", "".join(re.findall(r"^import [^;]*;", source, re.MULTILINE))))
        known |= set(re.findall(r"(?:const|let|class|function\*?) (\w+)", source))
        known |= set(re.findall(r"^  (?:get )?(\w+)\(.*\{$", source, re.MULTILINE))  # methods
        called = set(re.findall(r"(?<![\w.#$])(\w+)\(", NO_CODE.sub("", source)))
        assert called & exported - known == set(), path.name
