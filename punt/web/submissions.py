"""A form is worked on once, however often it is submitted: by a double click, over a slow line, by F5 or by going back.

Each page has a mark, which its forms submit. The transaction that does a form's work also records who submitted what
with which mark, and the answer follows. Whoever submits the same again gets that answer; a form that was refused has
done no work and may be submitted again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import gevent
import sqlalchemy as sa
from flask import Flask, Response, current_app, flash, g, has_request_context, redirect, request, session, url_for
from flask.json.tag import TaggedJSONSerializer
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from punt.database import db, end_read, now, random_text, writing
from punt.errors import Invalid, Problem
from punt.events.log import Origin
from punt.language import _
from punt.models import Submission, UserSession
from punt.models.submission import KEPT

FIELD = "once"
"""The field in which a form submits its page's mark."""
UNASKED = frozenset({FIELD, "tabId"})
"""Fields that say nothing about what is wanted."""
TIMEOUT, PAUSE = 5.0, 0.02
"""Seconds that a form waits for the answer to its twin, and between two checks."""
NONCE = 16
IDENTITY = frozenset({"_user_id", "_fresh", "_id", "_permanent"})
"""Who is signed in, in the cookie: it is a part of the answer only where signing in may be what was requested."""
_MARK = re.compile(r"[A-Za-z0-9_-]{1,64}")

View = TypeVar("View", bound=Callable[..., Any])
logger = logging.getLogger(__name__)


class Asked:
    """A form that is being worked on.

    :param mark: its page's.
    """

    def __init__(self, mark: str, key: str) -> None:
        self.mark, self.key, self.is_noted = mark, key, False

    def sealed(self, text: str) -> bytes:
        """Encrypt an answer, which may contain a secret, so that only a client with the form can read it."""
        nonce = os.urandom(NONCE)
        return nonce + self._crossed(nonce, text.encode())

    def unsealed(self, sealed: bytes) -> str:
        """Decrypt it."""
        return self._crossed(sealed[:NONCE], sealed[NONCE:]).decode()

    def _crossed(self, nonce: bytes, content: bytes) -> bytes:
        """Apply a one-time key as long as the content, which SHAKE256 derives from what only the two sides know."""
        known = f"{current_app.config['SECRET_KEY']}\0{self.mark}\0{self.key}".encode() + nonce
        stream = hashlib.shake_256(known).digest(len(content))
        return bytes(one ^ other for one, other in zip(content, stream, strict=True))


def init_app(app: Flask) -> None:
    """Answer repeated forms of an app."""
    app.after_request(_finish)
    app.jinja_env.globals["once"] = once


def by_anybody(view: View) -> View:
    """Mark a view whose form is submitted before its author is known: who that is may change with the first answer."""
    view.by_anybody = True  # type: ignore[attr-defined]
    return view


def once() -> Markup:
    """Render the field of a form that is worked on once: the mark of the page that is being made."""
    if "page_mark" not in g:
        g.page_mark = random_text(26)
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, g.page_mark)


def answered_before() -> BaseResponse | None:
    """Return the answer that this form got before; no transaction is open afterwards.

    :raises Invalid: when its page's mark is invalid.
    """
    mark = request.form.get(FIELD)
    if mark is None:
        return None
    if not _MARK.fullmatch(mark):
        raise Invalid.field(FIELD, _("Use 1 to 64 of A-Z a-z 0-9 _ -."))
    asked = Asked(mark, _key(mark))
    answer = _answer_to(asked)
    g.submission = asked
    return answer


def note(session: Session, *, changes: object = None, origin: Origin | None = None) -> None:
    """Record in a transaction that it does the work of this request's form; a receiver of ``changes_settled``.

    If a twin has just done it, this rolls back the transaction.
    """
    asked: Asked | None = g.get("submission") if has_request_context() else None
    if asked is None or (origin and origin.is_upkeep):
        return
    asked.is_noted = True
    session.connection().execute(sa.insert(Submission).values(key=asked.key, created_at=now()))


def _key(mark: str) -> str:
    """Say who submits what, field by field: browsers separate the parts of a form with a file differently each time."""
    parts = [mark, _person() or "", request.path]
    for name, value in request.form.items(multi=True):
        parts += [] if name in UNASKED else [name, value]
    for name, file in request.files.items(multi=True):
        parts += [name, file.filename or "", _digest(file)]
    texts = (part.encode("utf-8", "surrogatepass") for part in parts)
    return hashlib.sha256(b"".join(b"%d:%s" % (len(text), text) for text in texts)).hexdigest()


def _person() -> str | None:
    if _by_anybody():
        return None
    own = sa.select(UserSession.user_id).where(UserSession.id == session.get("_user_id", ""))
    return db.session.scalar(own)


def _by_anybody() -> bool:
    return hasattr(current_app.view_functions.get(request.endpoint or ""), "by_anybody")


def _digest(file: FileStorage) -> str:
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return digest


def _answer_to(asked: Asked) -> BaseResponse | None:
    """Find the answer to a twin of this form; if its work is being done just now, wait for it."""
    for found in _looks(asked):
        if found is None:
            return None
        if found.created_at < now() - KEPT or not _still_holds(asked, found.answer):
            _forget(asked)
            return None
        if found.answer:
            return _given_again(asked, found.answer)
    flash(_("This has been done already."), "success")
    return redirect(url_for("projects.index"))


def _looks(asked: Asked) -> Iterator[Any]:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        row = sa.select(Submission.created_at, Submission.answer).where(Submission.key == asked.key)
        found = db.session.execute(row).one_or_none()
        end_read()
        yield found
        gevent.sleep(PAUSE)


def _still_holds(asked: Asked, answer: bytes | None) -> bool:
    """Tell whether the sign-in that an answer may have been is still valid."""
    signed_in = _read(asked, answer)["session"].get("_user_id") if answer else None
    if signed_in in {None, session.get("_user_id")}:
        return True
    found = db.session.get(UserSession, signed_in)
    holds = found is not None and found.is_active
    end_read()
    return holds


def _forget(asked: Asked) -> None:
    with writing() as database:
        database.execute(sa.delete(Submission).where(Submission.key == asked.key))


def _given_again(asked: Asked, answer: bytes) -> BaseResponse:
    told = _read(asked, answer)
    if _by_anybody():
        session.clear()
    session.update(told["session"])
    return redirect(told["to"])


def _read(asked: Asked, answer: bytes) -> dict[str, Any]:
    told: dict[str, Any] = TaggedJSONSerializer().loads(asked.unsealed(answer))
    return told


def _finish(response: Response) -> BaseResponse:
    """Store the answer to a form; a form that failed because its twin did the work gets the twin's answer."""
    asked: Asked | None = g.get("submission")
    if asked is None:
        return response
    end_read()
    try:
        if response.status_code >= 400:
            return _answer_to(asked) or response
        if asked.is_noted:
            _keep(asked, response)
    except (Problem, SQLAlchemyError) as error:
        logger.warning("the answer to a form could not be kept: %s", error)
    return response


def _keep(asked: Asked, response: Response) -> None:
    kept = {name: value for name, value in session.items() if _by_anybody() or name not in IDENTITY}
    told = {"to": response.headers.get("Location", url_for("projects.index")), "session": kept}
    sealed = asked.sealed(TaggedJSONSerializer().dumps(told))
    with writing() as database:
        database.execute(sa.update(Submission).where(Submission.key == asked.key).values(answer=sealed))
