"""Markdown as safe HTML: raw HTML is shown as text, and links lead only to the web, to mail and to phone numbers."""

from __future__ import annotations

import logging
import re
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from punt.errors import Busy
from punt.heavy.processes import Failed, in_process
from punt.heavy.turns import Turns

logger = logging.getLogger(__name__)

TASK = re.compile(r"\[([ xX])\](?=\s|$)")
"""How an item of a task list begins, by GitHub Flavored Markdown, 5.3."""
LINK = re.compile(r"(?:https?|mailto|tel):|[^:/?#]*(?:[/?#]|$)", re.IGNORECASE)
"""How an address that may become a link begins: with one of these schemes, or without any (RFC 3986, 4.2)."""
OPEN, DONE = ("To do", "☐"), ("Done", "☑")
"""What a screen reader says of a task, and what others see."""


SOON = 1000
"""Characters of a text that is rendered in the worker, within some 30 ms; one with more goes to another process."""
TIMEOUT = 20
"""Seconds that a text may take, and that it waits for those before it."""
_SIGN = re.compile(r"[^\w\s]|\n")

PAGES, PREVIEWS = Turns(line=100, timeout=TIMEOUT), Turns(line=50, timeout=TIMEOUT)
"""Of the texts that go to another process, a worker has one rendered at a time, and no page waits for previews."""


def render(text: str) -> Markup:
    """Turn Markdown into HTML that is safe on a page; pictures become plain links, because no third party is contacted.

    A text that takes too long is shown as it was written.
    """
    try:
        return Markup(_short(text) if _is_soon_done(text) else _long(text))  # noqa: S704 - the renderer escapes everything
    except Busy:
        return Markup("<pre>{}</pre>").format(text)


def preview(text: str) -> Markup:
    """Render a text as :func:`render` does, without caching it.

    :raises Busy: when it takes too long.
    """
    return Markup(_short(text) if _is_soon_done(text) else _in_process(text, PREVIEWS))  # noqa: S704 - as above


def html_of(text: str) -> str:
    """Render a text, however long that takes."""
    html: str = _renderer().render(text)
    return html


def _is_soon_done(text: str) -> bool:
    """Estimate what a text costs: by its characters, and by a table's cells, which may be more than it spells out."""
    if len(text) > 20 * SOON:
        return False
    widest = max(line.count("|") for line in text.split("\n"))
    return len(_SIGN.findall(text)) + widest * text.count("\n") <= SOON


_short = lru_cache(maxsize=256)(html_of)


@lru_cache(maxsize=16)  # because these may become a megabyte each
def _long(text: str) -> str:
    return _in_process(text, PAGES)


def _in_process(text: str, turns: Turns) -> str:
    with turns.one():
        try:
            return in_process(TIMEOUT, html_of, text)
        except Failed as failed:
            logger.warning("a text of %d characters was not rendered: %s", len(text), failed)
            raise Busy from None


@cache
def _renderer() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    markdown.disable("image")
    markdown.validateLink = _may_lead_to  # type: ignore[assignment,method-assign]
    markdown.core.ruler.push("tasks", _find_tasks)
    markdown.add_render_rule("link_open", _link_open)
    markdown.add_render_rule("task", _task)
    return markdown


def _may_lead_to(address: str) -> bool:
    """Tell whether an address becomes a link; others, such as those that start programs, stay text."""
    return LINK.match(address) is not None


def _find_tasks(state: StateCore) -> None:
    """Replace the brackets at the beginning of a list item with a check box character."""
    for item, paragraph, text in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        found = (
            TASK.match(text.content) if (item.type, paragraph.type) == ("list_item_open", "paragraph_open") else None
        )
        if found and text.children and text.children[0].content.startswith(found[0]):
            item.attrJoin("class", "task")
            text.children[0].content = text.children[0].content.removeprefix(found[0])
            text.children.insert(0, Token("task", "span", 0, meta={"done": found[1] != " "}))


def _task(self: object, tokens: list[Token], index: int, options: object, env: object) -> str:
    words, sign = DONE if tokens[index].meta["done"] else OPEN
    return f'<span role="img" aria-label="{words}">{sign}</span>'


def _link_open(self: object, tokens: list[Token], index: int, options: object, env: object) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer nofollow ugc")
    return self.renderToken(tokens, index, options, env)  # type: ignore[attr-defined,no-any-return]
