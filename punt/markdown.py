"""Markdown as safe HTML: raw HTML is shown as text, links lead only to what a browser may open."""

from __future__ import annotations

from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from punt.threads import apart


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
    markdown.add_render_rule("link_open", _link_open)
    return markdown


def _link_open(self: object, tokens: list[Token], index: int, options: object, env: object) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer nofollow ugc")
    return self.renderToken(tokens, index, options, env)  # type: ignore[attr-defined,no-any-return]
