"""Scripts and styles without their comments and blanks; names, statements and rules stay as they were written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

_BLANK = r"(?P<blank>(?:\s|/\*.*?\*/%s)+)"
_QUOTED = r"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
_SCRIPT = re.compile(_BLANK % r"|//[^\n]*" + _QUOTED + r"|#?[\w$]+|\+\+|--|.", re.DOTALL)
_STYLE = re.compile(_BLANK % "" + _QUOTED + r"|[^\s\"'/{};,:()>!]+|.", re.DOTALL)
_PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
_WORDS = ("return", "typeof", "case", "in", "of", "do", "else", "void", "yield", "await")
_BEFORE_PATTERN = {"", *"(,=:[!&|?{;+-*%<>~^", *_WORDS}
"""After these a slash begins a pattern; elsewhere it divides."""
_GOES_ON = frozenset("{;,([=&|?:<>!~^")
"""After these no statement of a script can end, so that a line end means nothing."""
_CONTINUES = frozenset(")]};,.?:=&|<>")
"""Before these none can, or it ends anyway."""


def script(source: str) -> str:
    """Shorten a module; a line end stays wherever a statement could end by it.

    :raises ValueError: when the source has what only a parser could tell apart, or is no whole script.
    """
    return _joined((text for text, _ in _tokens(source)), _script_gap)


def style(source: str) -> str:
    """Shorten a style sheet; blanks that combine selectors or stand around operators stay."""
    return _joined((found.group() for found in _STYLE.finditer(source)), _style_gap).replace(";}", "}")


def _joined(tokens: Iterable[str], gap_between: Callable[[str, str, str], str]) -> str:
    """Put tokens together again, with what has to stand between them instead of each run of blanks."""
    kept, before, blank = list[str](), "", ""
    for token in tokens:
        if token[0].isspace() or token.startswith(("//", "/*")):
            blank = token
            continue
        kept.append((gap_between(before, blank, token) if before and blank else "") + token)
        before, blank = token, ""
    return "".join(kept)


def _script_gap(before: str, blank: str, after: str) -> str:
    if "\n" in blank and before not in _GOES_ON and after not in _CONTINUES:
        return "\n"
    wordlike = _is_word(before[-1]) or (len(before) > 1 and before[0] == "/")  # a pattern may be followed by "in"
    number = before[-1].isdigit() and after == "."
    return " " if (wordlike and _is_word(after[0])) or number or before[-1] == after[0] in "+-/" else ""


def _style_gap(before: str, _: str, after: str) -> str:
    return "" if before in "{};,(>:!" or after in "{};,)>!" else " "


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign in "_$"


def _tokens(source: str, start: int = 0) -> Iterator[tuple[str, int]]:
    """Give the tokens of a script, runs of blanks and comments among them, each with its end."""
    before, at = "", start
    while at < len(source):
        found = _SCRIPT.match(source, at)
        text = found.group() if found else ""
        if text == "`":
            text = source[at : _template_end(source, at)]
        elif text == "/":
            text = _pattern_or_division(source, at, before)
        elif text in {'"', "'", "\\"}:
            raise ValueError(f"no script: {source[at : at + 20]!r}")
        at += len(text)
        yield text, at
        if not (found and found["blank"]):
            before = text


def _pattern_or_division(source: str, at: int, before: str) -> str:
    if before == "}":
        raise ValueError(f"a pattern or a division? {source[at : at + 20]!r}")
    pattern = _PATTERN.match(source, at) if before in _BEFORE_PATTERN else None
    return pattern.group() if pattern else "/"


def _template_end(source: str, at: int) -> int:
    """Find the end of a template; what it embeds may hold templates again."""
    at += 1
    while source[at : at + 1] != "`":
        if at >= len(source):
            raise ValueError("a template does not end")
        if source.startswith("${", at):
            at = _braces_end(source, at + 1)
        else:
            at += 2 if source[at] == "\\" else 1
    return at + 1


def _braces_end(source: str, at: int) -> int:
    depth = 0
    for text, end in _tokens(source, at):
        depth += {"{": 1, "}": -1}.get(text, 0)
        if not depth:
            return end
    raise ValueError("a template does not end")
