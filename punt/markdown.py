"""Markdown as safe HTML: raw HTML is shown as text, and links lead only to the web, to mail and to phone numbers."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from punt.threads import apart

TASK = re.compile(r"\[([ xX])\](?=\s|$)")
"""How an item of a task list begins, as GitHub Flavored Markdown says, 5.3."""
LINK = re.compile(r"(?:https?|mailto|tel):|[^:/?#]*(?:[/?#]|$)", re.IGNORECASE)
"""How an address that may become a link begins: with one of these schemes, or without any (RFC 3986, 4.2)."""
OPEN, DONE = ("To do", "☐"), ("Done", "☑")
"""What a screen reader says of a task, and what others see."""


def render(text: str) -> Markup:
    """Turn Markdown into HTML that is safe on a page; pictures become plain links, for nothing third is loaded."""
    return Markup(_html(text))  # noqa: S704 - the renderer escapes everything


@lru_cache(maxsize=256)
def _html(text: str) -> str:
    """Render apart from the event loop: some texts take the parser most of a second."""
    html: str = apart(_renderer().render, text)
    return html


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
    """Put a sign in the place of the brackets that an item of a list begins with."""
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
