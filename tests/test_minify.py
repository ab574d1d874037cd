"""Shortening scripts and styles changes nothing that they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from punt import minify
from punt.assets import STATIC

PARSER = Parser(Language(tree_sitter_javascript.language()))
SCRIPTS = sorted(STATIC.rglob("*.js"))
HARD = {
    "templates in templates": 'const t = `a  b ${x ? `c  // ${"}"}` : ` d`}  /* keep */`;',
    "a pattern with blanks": "const f = (x) => /a  b[/]  '/gu.test(x);",
    "a pattern after a word": "if (y) {\n  return /a  b/.exec(z);\n}",
    "a pattern before a word": "const has = /a/ in b;",
    "divisions": "const q = a / b / (c + d) / e;",
    "signs": "const v = a + ++b - -c + +d;",
    "private names and fields": "class A {\n  #x = 1\n  static y = 2\n  get #z() {\n    return #x in this;\n  }\n}",
    "optional chaining": "const w = a?.b ?? c?.[0] ?? d?.();",
    "a half": "const o = x ? .5 : 1;",
    "statements ended by their lines": "let a = b\nlet c = d\nreturn_\n[e, f].map(g)\n++h",
    "a chain": "const n = first\n  .then((it) => it)\n  ?.catch(() => {});",
    "quotes": "const s = 'it\\'s // no comment' + \"nor /* this */\";",
    "a comment between words": "const k = typeof /* why */ of;",
}


def tokens(source: str) -> list[str]:
    """List a script's tokens as a real parser sees them, comments left out."""
    tree = PARSER.parse(source.encode())
    assert not tree.root_node.has_error, source
    return list(_leaves(tree.root_node))


def _leaves(node: Node) -> Iterator[str]:
    if node.type == "comment":
        return
    if not node.children:
        yield f"{node.type} {(node.text or b'').decode()}"
    for child in node.children:
        yield from _leaves(child)
    if node.type in {"template_string", "string", "regex"} or node.type.endswith(("statement", "declaration")):
        yield f"end of {node.type}"


@pytest.mark.parametrize("source", HARD.values(), ids=HARD)
def test_a_script_keeps_every_token_and_statement(source: str) -> None:
    assert tokens(minify.script(source)) == tokens(source)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_module_keeps_every_token_and_statement(path: Path) -> None:
    source = path.read_text()

    assert tokens(minify.script(source)) == tokens(source)


def test_comments_and_blanks_are_gone() -> None:
    source = "/** What it is. */\nexport const a = 1; // why\n\n\nexport function b() {\n  return a; /* here */\n}\n"

    assert minify.script(source) == "export const a=1;export function b(){return a;}"


@pytest.mark.parametrize("source", ["`a", "`${b", '"a\n', "if (a) {}\n/b/.test(c)", "a \\ b"])
def test_what_it_cannot_read_it_refuses(source: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|script|template"):
        minify.script(source)


def test_a_style_keeps_what_combines_and_computes() -> None:
    source = """
    /* Why. */
    .a :is(h1, h2) > .b + .c ~ [data-d] :hover { width: calc(100% + -1 * var(--x)); content: "a  /* b */"; }
    @media (max-width: 40rem) and (forced-colors: active) { .a:not(:has(> li)) { color: red !important; } }
    """

    assert minify.style(source) == (
        '.a :is(h1,h2)>.b + .c ~ [data-d] :hover{width:calc(100% + -1 * var(--x));content:"a  /* b */"}'
        "@media (max-width:40rem) and (forced-colors:active){.a:not(:has(>li)){color:red!important}}"
    )
