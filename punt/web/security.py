"""What every request and response passes through: no cross-site writes, a strict policy, security headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import gevent
from flask import Flask, Response, current_app, g, request, session
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout
from werkzeug.wrappers import Response as BaseResponse

from punt.access import tokens
from punt.database import begin_write, db, end_read
from punt.errors import Busy, Forbidden, Invalid
from punt.events import capture
from punt.language import _, number
from punt.models import UserSession
from punt.settings import Settings
from punt.web import forwarding, submissions

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
KB, MB = 1 << 10, 1 << 20
BODY_LIMIT = 64 * KB
"""Bytes of a body, unless a view accepts more; also the limit for clients who are not signed in."""
WORDS_LIMIT = 16 * KB
"""Bytes of a body that contains names and passwords only."""
TEXT_LIMIT = MB
"""Bytes of a body that may contain a description: 50,000 characters, each 12 bytes long when JSON escapes it."""
FILE_LIMIT = 10 * MB
FORM_FIELDS = 1000
BODIES = 64 * MB
"""Bytes that one worker holds of bodies over ``BODY_LIMIT``; whoever sends more meanwhile is told that it is busy."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
View = TypeVar("View", bound=Callable[..., Any])
FORM = "application/x-www-form-urlencoded"
FORMS = frozenset({FORM, "multipart/form-data"})
_TAB_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class _Bodies:
    """How many bytes of them this worker holds, or is about to."""

    held = 0


def init_app(app: Flask, settings: Settings) -> None:
    """Guard every request of an app."""
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.config["MAX_FORM_MEMORY_SIZE"] = TEXT_LIMIT
    app.config["MAX_FORM_PARTS"] = FORM_FIELDS
    app.config["REQUEST_PATIENCE"] = settings.request_patience
    app.config["METRICS_TOKEN"] = settings.metrics_token
    app.config["TRUSTED_ORIGINS"] = settings.trusted_origins
    forwarding.init_app(app, settings.proxy_count)
    app.before_request(_before)
    app.after_request(_after)
    app.teardown_request(_forget_body)


def begins_itself(view: View) -> View:
    """Mark a writing view that begins its transaction itself, because it does slow work first."""
    view.begins_itself = True  # type: ignore[attr-defined]
    return view


def reads_body_itself(view: View) -> View:
    """Mark a view that reads a large body itself, once it knows who sends it; it begins its transaction itself, too."""
    view.reads_body_itself = True  # type: ignore[attr-defined]
    return begins_itself(view)


def takes_at_most(size: int) -> Callable[[View], View]:
    """Mark a view that accepts a body of another size than most.

    :param size: bytes, whole kB.
    """

    def mark(view: View) -> View:
        view.body_limit = size  # type: ignore[attr-defined]
        return view

    return mark


def page_before() -> str | None:
    """Return the path and query of this site's page that a request came from, if it says so."""
    try:
        page = urlsplit(request.referrer or "")
    except ValueError:  # such as http://[
        return None
    return page._replace(scheme="", netloc="").geturl() if page.netloc == request.host else None


def _before() -> BaseResponse | None:
    if "\0" in request.path or b"%00" in request.query_string:  # PostgreSQL's texts cannot contain one
        raise Invalid.field("address", _("Use plain text."))
    writes, token = request.method not in SAFE, tokens.shown()
    if token is not None:
        tokens.refuse_bad_token(token, writes=writes)
    elif writes:
        _refuse_other_sites()  # which can only use a cookie
    if not writes:
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    is_here = not hasattr(view, "reads_body_itself")
    if is_here:
        request.max_content_length = _body_limit(view)
        _take_body()
    capture.originate(db.session(), tab_id=_tab_id(in_form=is_here and request.mimetype == FORM))
    if is_here and request.mimetype in FORMS and (answer := submissions.answered_before()):
        return answer
    if view and (token is not None or "_user_id" in session) and not hasattr(view, "begins_itself"):
        begin_write()
    return None


def _refuse_other_sites() -> None:
    """Refuse a write that a page of another site makes in a signed-in person's browser.

    Browsers say where a request comes from in ``Sec-Fetch-Site``; on plain http only in ``Origin``.
    A client that sends neither is not a browser, and no other site's page can mislead it.
    """
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin in current_app.config["TRUSTED_ORIGINS"]:
        return
    foreign = site not in {"same-origin", "none"} if site else origin and origin.partition("://")[2] != request.host
    if foreign:
        raise Forbidden(_("This request came from another site. Nothing was changed."))


def _body_limit(view: Callable[..., Any] | None) -> int:
    """Return how much is read: little from strangers, who are looked up only where a body may be larger than that."""
    size, most = request.content_length, getattr(view, "body_limit", BODY_LIMIT)
    small = most <= BODY_LIMIT or (size is not None and size <= BODY_LIMIT)
    g.stranger = not (small or tokens.shown() is not None or _is_signed_in())
    return BODY_LIMIT if g.stranger else most


def _is_signed_in() -> bool:
    """Tell whether the cookie belongs to a valid session; no transaction is left open."""
    found = UserSession.known_as(session.get("_user_id", ""))
    end_read()
    return found is not None


def _take_body() -> None:
    """Read all of it before any lock: a slow sender must not delay other writers, nor keep a place for ever."""
    _make_room(request.content_length or request.max_content_length or 0)
    with gevent.Timeout(current_app.config["REQUEST_PATIENCE"], RequestTimeout):
        body = request.get_data()
    most = request.max_content_length or BODY_LIMIT
    if request.content_length is None and len(body) >= most:  # sent in chunks, it would only be cut off there
        raise RequestEntityTooLarge
    if request.mimetype == FORM and body.count(b"&") >= FORM_FIELDS:
        raise Invalid.field("body", _("A form has at most %(most)s fields.", most=number(FORM_FIELDS)))


def _make_room(size: int) -> None:
    if size <= BODY_LIMIT or size > (request.max_content_length or 0):  # what is too large is not read at all
        return
    if _Bodies.held + size > BODIES:
        raise Busy
    g.body_size = size
    _Bodies.held += size


def _forget_body(_: BaseException | None) -> None:
    _Bodies.held -= g.pop("body_size", 0)


def _tab_id(*, in_form: bool) -> str | None:
    tab_id = request.headers.get("X-Tab-Id")
    if in_form:  # a plain form, to which the script adds a field
        tab_id = tab_id or request.form.get("tabId")
    if tab_id is not None and not _TAB_ID.fullmatch(tab_id):
        raise Invalid.field("X-Tab-Id", _("Use 1 to 64 of A-Z a-z 0-9 _ -."))
    return tab_id


def _after(response: Response) -> Response:
    named = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in named])
    if response.status_code == 204 or request.method == "OPTIONS":
        response.headers.pop("Content-Type", None)  # of nothing
    if response.status_code == 429 and "retry_after" in g:  # a page that handled the problem reports it, too
        response.headers["Retry-After"] = str(g.retry_after)
    if response.status_code == 401:
        refused = tokens.shown() is not None
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if refused else "Bearer"
    if request.is_secure:  # on plain http browsers only complain about it
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    # A page is revalidated each time, yet may be cached for going back: "no-store" would forbid that.
    response.headers.setdefault(
        "Cache-Control", "no-store" if request.path.startswith("/api/") else "private, no-cache"
    )
    return response
