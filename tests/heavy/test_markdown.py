"""Markdown: what people write is shown, what attackers write does nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from punt.errors import Busy
from punt.heavy import markdown
from punt.heavy.markdown import html_of, preview, render
from punt.heavy.turns import Turns

TAGS = {
    *("span", "p", "br", "hr", "a", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"href", "rel", "title", "class", "start", "style", "role", "aria-label"}
ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>body{display:none}</style>",
    "<!-- <img src=x onerror=alert(1)> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<details open ontoggle=alert(1)>",
    "<form action=//evil.example><input name=password>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](file:///etc/passwd)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x](ms-msdt:/id)",
    "[x](search-ms:query=x)",
    "[x](InTeNt://x#Intent;end)",
    "[x](&#9;vscode://x)",
    "[x](ms&#x2d;word:ofe)",
    "[x](blob:https://a.example/x)",
    "[x](view-source:https://a.example)",
    "[x](12:30)",
    "[x][2]\n\n[2]: sms:1",
    "<intent://x>",
    "<ms-msdt:x>",
    '[x](http://a.example "\\" onmouseover=alert(1) x=\\"")',
    '[x](http://a.example/"onmouseover=alert(1))',
    "[x](http://a.example 'title\"><script>alert(1)</script>')",
    "<javascript:alert(1)>",
    '<http://a.example/"onclick=alert(1)>',
    "![x](javascript:alert(1))",
    "![x](http://evil.example/track.png)",
    '![x" onerror="alert(1)](x)',
    '```"><script>alert(1)</script>\ncode\n```',
    "```x onload=alert(1)\ncode\n```",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "# <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "[<img src=x onerror=alert(1)>](http://a.example)",
    "a\u2028<script>alert(1)</script>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "***" * 200 + "<b>",
    "- [x] <script>alert(1)</script>",
    "- [x](javascript:alert(1))",
    "- [x]\n\n[x]: javascript:alert(1)",
    '- [ ] " onmouseover=alert(1) x="',
    "[" * 500,
    "![" * 500,
    ">" * 500 + "x",
]


class Reader(HTMLParser):
    """Reads HTML as a browser would, and keeps what there is."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.tags.add(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.tags.add(f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        self.tags.add(f"<?{data}")


def assert_harmless(text: str) -> None:
    """Fail when the HTML of a text contains anything that is not plain prose."""
    found = Reader(html_of(text))

    assert found.tags <= TAGS
    for name, value in found.attributes:
        assert name in ATTRIBUTES
        if name == "href":
            assert urlsplit(unquote(value).strip()).scheme in {"", "http", "https", "mailto", "tel"}
        if name in {"role", "aria-label"}:
            assert value in {"img", "To do", "Done"}
        if name == "style":
            assert value in {"text-align:left", "text-align:center", "text-align:right"}


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_becomes_text(text: str) -> None:
    assert_harmless(text)


@given(st.text(alphabet=st.sampled_from("<>&\"'`[](){}!#*_|-:/\\ \n\tajsx=;0\0"), max_size=80))
def test_no_text_becomes_anything_but_prose(text: str) -> None:
    assert_harmless(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(ATTACKS), min_size=2, max_size=3))
def test_attacks_joined_are_still_text(texts: list[str]) -> None:
    assert_harmless("".join(texts))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** _soft_ ~~gone~~", "<p><strong>bold</strong> <em>soft</em> <s>gone</s></p>\n"),
        ("one\ntwo", "<p>one<br />\ntwo</p>\n"),
        ("# Plan", "<h1>Plan</h1>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>\n"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>\n"),
        ("", ""),
    ],
)
def test_what_people_write_is_shown(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example",
        "HTTPS://a.example/b:c",
        "mailto:a@a.example",
        "tel:+4930",
        "/projects/HARB",
        "?q=a:b",
        "#a:b",
        "./a:b",
        "a/b:c",
        "plan.pdf",
        "//a.example",
    ],
)
def test_the_web_mail_phones_and_places_beside_this_one_can_be_linked(address: str) -> None:
    assert f'<a href="{address}"' in render(f"[x]({address})")


@pytest.mark.parametrize("scheme", ["ms-msdt", "search-ms", "intent", "sms", "callto", "ftp", "x", "a+b.c-1", "httpx"])
def test_any_other_scheme_stays_text(scheme: str) -> None:
    texts = [f"[x]({scheme}:y)", f"[x]({scheme.upper()}://y)", f"<{scheme}:y>", f"[x]\n\n[x]: {scheme}:y"]

    assert "<a" not in "".join(map(render, texts))


def item(words: str, sign: str, text: str) -> str:
    return f'<li class="task"><span role="img" aria-label="{words}">{sign}</span>{text}</li>\n'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "- [ ] Red\n- [x] *White*\n- [X] Blue",
            f"<ul>\n{item('To do', '☐', ' Red')}{item('Done', '☑', ' <em>White</em>')}"
            f"{item('Done', '☑', ' Blue')}</ul>\n",
        ),
        ("1. [x] a", f"<ol>\n{item('Done', '☑', ' a')}</ol>\n"),
        ("- [ ]", f"<ul>\n{item('To do', '☐', '')}</ul>\n"),
    ],
)
def test_a_task_shows_whether_it_is_done_and_says_so(text: str, html: str) -> None:
    assert render(text) == html


def test_a_task_may_hold_further_ones_and_have_room_around_it() -> None:
    html = render("- [ ] a\n\n  more\n  - [x] b\n\n- c")

    assert html.count('aria-label="To do"') == html.count('aria-label="Done"') == 1


@pytest.mark.parametrize(
    "text",
    [
        "[ ] a",
        "- a [ ] b",
        "- [y] a",
        "- [  ] a",
        "- [x]a",
        r"- \[x] a",
        "- `[x]` a",
        "> [x] a",
        "- # [x] a",
        "- *[x] a*",
    ],
)
def test_brackets_elsewhere_are_brackets(text: str) -> None:
    assert "<span" not in render(text)


def test_brackets_that_are_a_link_lead_there() -> None:
    html = render("- [x] a\n\n[x]: https://example.org")

    assert "<span" not in html
    assert '<a href="https://example.org"' in html


def test_a_link_gives_nothing_away_to_where_it_leads() -> None:
    html = render("[docs](https://example.org/a?b=c&d)")

    assert html == (
        '<p><a href="https://example.org/a?b=c&amp;d" rel="noopener noreferrer nofollow ugc">docs</a></p>\n'
    )


def test_a_picture_loads_nothing_from_elsewhere() -> None:
    html = render("![a photo](https://example.org/photo.png)")

    assert "<img" not in html
    assert "a photo" in html


def test_a_template_shows_it_as_html() -> None:
    assert isinstance(render("x"), Markup)


SLOW = {
    "brackets": "[" * 49_900,
    "emphasis": "*a_" * 16_000,
    "a wide table": f"|{'a|' * 100}\n|{'-|' * 100}\n" + "|\n" * 700,
    "a list": "1. a\n" * 9_000,
}
"""Texts on which the parser works for long."""


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW.keys())
def test_a_text_that_takes_long_is_rendered_in_another_process(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = html_of(text)
    monkeypatch.setattr(markdown, "html_of", None)  # in this process nobody could

    monkeypatch.setattr(markdown, "in_process", lambda _seconds, _work, asked: f"elsewhere {len(asked)}")

    assert preview(text) == f"elsewhere {len(text)}"
    assert expected


def test_a_text_that_takes_long_looks_the_same_from_another_process() -> None:
    text = "- [x] [Red](https://example.org) <b>\n" * 300

    assert preview(text) == render(text) == html_of(text)


def test_a_text_as_people_write_them_is_rendered_right_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "in_process", None)
    text = (
        "## Berths\n\n- [x] *Red* light, see [the chart](https://example.org)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n" * 10
    )

    assert preview(text) == render(text) == html_of(text)


def test_a_text_that_takes_too_long_is_shown_as_written_and_has_no_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "<b>&[" * 2000
    monkeypatch.setattr(markdown, "TIMEOUT", 0.001)

    assert render(text) == Markup("<pre>{}</pre>").format(text)
    with pytest.raises(Busy):
        preview(text)


def test_previews_wait_for_one_another_and_pages_do_not_wait_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "PREVIEWS", Turns(line=1, timeout=0.05))
    monkeypatch.setattr(markdown, "in_process", lambda *_: "rendered")

    with markdown.PREVIEWS.one():
        page = render("[" * 3000)
        with pytest.raises(Busy):
            preview("[" * 3000)

    assert page == "rendered"
    assert preview("[" * 3000) == "rendered"
