"""Scripts and style sheets are joined in their order, each once, with their meaning preserved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from punt.web import bundle
from punt.web.assets import STATIC

IMPORTED = re.compile(r' from "([^"]+)";$', re.MULTILINE)
ROOMS = ("board", "ticket", "live", "forms", "page")
"""Of scripts, top first: a module imports from its own folder and those below."""
TWO = {
    "js/app.js": 'import { low } from "./low.js";\nimport { high } from "./high.js";\n\nconsole.log(low, high());\n',
    "js/high.js": 'import { low } from "./low.js";\n\n/** Why. */\nexport function high() {\n  return low + 1;\n}\n',
    "js/low.js": "export const low = 1;\n",
    "css/app.css": '/* all */\n@import "low.css";\n@import "high.css";\n',
    "css/low.css": "a { color: #ff0000; }\n",
    "css/high.css": "a { color: #00ff00; }\n",
}


def test_a_module_comes_once_and_after_what_it_imports() -> None:
    script = bundle.whole("js/app.js", TWO.__getitem__)

    assert script == "(()=>{const e=1;function t(){return e+1}console.log(e,t())})()"


def test_sheets_keep_the_order_in_which_they_overrule() -> None:
    assert bundle.whole("css/app.css", TWO.__getitem__) == "a{color:red}a{color:#0f0}"


def test_the_sheet_knows_every_variable_by_the_name_that_icons_call_it() -> None:
    sheet = bundle.whole("css/app.css", lambda name: (STATIC / name).read_text())

    named = set(re.findall(r"var\((--[\w-]+)\)", (STATIC / "icons.svg").read_text()))

    assert named
    assert not named - set(re.findall(r"(--[\w-]+):", sheet))


def test_modules_that_import_each_other_are_joined_too() -> None:
    ring = {
        "js/app.js": 'import { b } from "./b.js";\nexport const a = () => b;\n',
        "js/b.js": 'import { a } from "./app.js";\nexport const b = () => a;\n',
    }

    assert bundle.whole("js/app.js", ring.__getitem__).count("const") == 1


@pytest.mark.parametrize(
    "line",
    ['import { low as other } from "./low.js";', 'import * as low from "./low.js";', "export default 1;"],
)
def test_what_joining_would_change_is_refused_by_its_line(line: str) -> None:
    odd = {**TWO, "js/app.js": f"{line}\n"}

    with pytest.raises(ValueError, match=f"{re.escape(line)}: cannot be joined"):
        bundle.whole("js/app.js", odd.__getitem__)


def test_an_import_may_stand_on_several_lines_and_lead_to_another_room() -> None:
    rooms = {
        "js/app.js": 'import {\n  one,\n  two,\n} from "./far/two.js";\n\nconsole.log(one, two);\n',
        "js/far/two.js": 'import { one } from "../one.js";\n\nexport const two = one + one;\n',
        "js/one.js": "export const one = Math.random();\n",
    }

    script = bundle.whole("js/app.js", rooms.__getitem__)

    assert re.fullmatch(r"\(\(\)=>\{const (\w)=Math\.random\(\),(\w)=\1\+\1;console\.log\(\1,\2\)\}\)\(\)", script)


def test_two_modules_with_one_name_at_their_top_are_refused_by_that_name() -> None:
    clash = {**TWO, "js/low.js": "export const low = 1;\nfunction high() {}\n"}

    with pytest.raises(ValueError, match="high: at the top of two modules"):
        bundle.whole("js/app.js", clash.__getitem__)


def test_an_import_of_nothing_is_an_error() -> None:
    with pytest.raises(KeyError):
        bundle.whole("js/app.js", {"js/app.js": 'import { x } from "./nothing.js";\n'}.__getitem__)


def test_every_script_and_sheet_is_imported_from_the_first_one() -> None:
    for kind in ("js", "css"):
        met: set[str] = set()
        list(bundle.in_order(f"{kind}/app.{kind}", lambda name: (STATIC / name).read_text(), met))
        assert met == {path.relative_to(STATIC).as_posix() for path in (STATIC / kind).rglob(f"*.{kind}")}


@pytest.mark.parametrize(
    "path", sorted((STATIC / "js").rglob("*/*.js")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_a_module_imports_from_its_own_room_and_those_below(path: Path) -> None:
    own = ROOMS.index(path.parent.name)

    rooms = {(path.parent / imported).resolve().parent.name for imported in IMPORTED.findall(path.read_text())}

    assert rooms <= set(ROOMS[own:])
