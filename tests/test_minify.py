"""Scripts and styles are joined in their order, each once, and say what they said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from punt import minify
from punt.assets import STATIC

TWO = {
    "js/app.js": 'import { low } from "./low.js";\nimport { high } from "./high.js";\n\nconsole.log(low, high());\n',
    "js/high.js": 'import { low } from "./low.js";\n\n/** Why. */\nexport function high() {\n  return low + 1;\n}\n',
    "js/low.js": "export const low = 1;\n",
    "css/app.css": '/* all */\n@import "low.css";\n@import "high.css";\n',
    "css/low.css": "a { color: #ff0000; }\n",
    "css/high.css": "a { color: #00ff00; }\n",
}


def test_a_module_comes_once_and_after_what_it_imports() -> None:
    script = minify.whole("js/app.js", TWO.__getitem__)

    assert re.fullmatch(
        r"\(\(\)=>\{let (\w)=1;function (\w)\(\)\{return \1\+1\}console\.log\(\1,\2\(\)\)\}\)\(\)", script
    )


def test_sheets_keep_the_order_in_which_they_overrule() -> None:
    assert minify.whole("css/app.css", TWO.__getitem__) == "a{color:red}a{color:#0f0}"


def test_variables_get_short_names_wherever_they_stand() -> None:
    root, rule = (
        ":root { --gap: .5rem; --ink: #171c24 }",
        "a--ink { margin: var(--gap) calc(2 * var(--gap)); color: var(--ink) }",
    )

    short = minify.whole("css/app.css", {"css/app.css": f"{root}\n{rule}"}.__getitem__)

    assert short == ":root{--0:.5rem;--1:#171c24}a--ink{margin:var(--0)calc(2 * var(--0));color:var(--1)}"


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
