"""Every error answered in one place: for the API as JSON, for people as a page."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from functools import partial
from http import HTTPStatus
from io import SEEK_END
from typing import Any, BinaryIO

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.globals import request_ctx
from flask_login import AnonymousUserMixin
from gunicorn.http.errors import ParseException
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from punt.access import tokens
from punt.database import HELD_BY_OTHERS, READ_ONLY, db, is_full, now, sqlstate
from punt.errors import Away, Busy, Conflict, Full, Problem, SignInNeeded, TookTooLong, TooMany
from punt.events import capture, disk
from punt.heavy import deadlines
from punt.heavy.slices import breathing
from punt.language import _, later, number
from punt.web.long_answers import spooled
from punt.web.security import FORM_FIELDS, page_before

logger = logging.getLogger(__name__)

SENTENCES = {
    404: later("There is nothing here."),
    405: later("This cannot be done here."),
    408: later("The request took too long to arrive."),
}
CHUNK = 256 * 1024
"""Bytes of a file that are sent at once."""
OPERATORS = frozenset({"/healthz", "/readyz", "/metrics"})
PROGRAMS = ("/api/", "/avatars/")
"""What people do not see as a page."""
TITLES = {
    403: later("Not allowed"),
    404: later("Not found"),
    409: later("Changed meanwhile"),
    413: later("Too large"),
    429: later("Slow down"),
}


def init_app(app: Flask) -> None:
    """Answer every error of an app."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(
        StaleDataError, lambda error: _problem(Conflict(_("Somebody else changed this meanwhile.")))
    )
    app.register_error_handler(IntegrityError, _clash)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DBAPIError, _database_failed)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(NoConnectionInTime, _database_away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ParseException, lambda error: _error(400, _("The body of this request is malformed.")))
    app.register_error_handler(Exception, _bug)
    app.after_request(_log_refusal)


def nothing() -> tuple[str, int]:
    """Answer that it is done, without content."""
    return "", HTTPStatus.NO_CONTENT


def listed(things: Iterable[Any]) -> Response:
    """Answer with a list of possibly many things, written one by one."""
    return spooled(_array(things), "application/json")


def _array(things: Iterable[Any]) -> Iterator[bytes]:
    begin = "["
    for thing in breathing(things):
        yield f"{begin}{current_app.json.dumps(thing)}".encode()
        begin = ","
    yield b"[]\n" if begin == "[" else b"]\n"


def attached(file: BinaryIO) -> Response:
    """Send an export, which is closed when all of it is sent or the client has gone."""
    size = file.seek(0, SEEK_END)
    file.seek(0)
    response = Response(iter(partial(file.read, CHUNK), b""), mimetype="application/gzip")
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = f'attachment; filename="punt-{now():%Y-%m-%d}.punt"'
    response.headers["Cache-Control"] = "no-store"
    response.call_on_close(file.close)
    return response


def _problem(problem: Problem) -> BaseResponse:
    db.session.rollback()
    if _for_a_program():
        details = [{"field": detail.field, "message": detail.message} for detail in problem.details]
        body = {"error": problem.message, **({"details": details} if details else {}), **problem.extra}
        response: BaseResponse = jsonify(body)
        response.status_code = problem.status
    elif isinstance(problem, SignInNeeded):
        return redirect(url_for("auth.login", next=_page_to_return_to()))
    else:
        response = _page(problem.status, problem.message)
    if isinstance(problem, TooMany):
        g.retry_after = problem.seconds
    return response


def _page_to_return_to() -> str | None:
    """Return the page requested, or the one whose form was sent: its draft is in the browser."""
    if request.method == "GET":
        return f"{request.script_root}{request.full_path}".rstrip("?")
    return page_before()


def _http(error: HTTPException) -> BaseResponse:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    code = error.code or 500
    said = _(SENTENCES[code]) if code in SENTENCES else error.description
    message = said or _("Something is wrong with this request.")
    response = _error(code, _too_large() if code == 413 else message)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _too_large() -> str:
    most, stranger = request.max_content_length or 0, g.get("stranger", False)
    size = f"{most >> 20} MB" if most >> 20 else f"{most >> 10} kB"
    if request.mimetype == "multipart/form-data":
        size = _("%(size)s and %(count)s fields", size=size, count=number(FORM_FIELDS))
    if stranger:
        return _("This is too large: at most %(size)s from who is not signed in.", size=size)
    return _("This is too large: at most %(size)s.", size=size)


def _clash(error: IntegrityError) -> BaseResponse:
    """Two writers wanted the same at the same moment: the later one gets a conflict."""
    logger.warning("a write clashed with another one: %s", _broken_rule(error))
    return _problem(Conflict(_("Somebody else changed this meanwhile. Please try again.")))


def _broken_rule(error: IntegrityError) -> str:
    """Name what was violated: PostgreSQL's own message quotes the row, and what people typed must not be logged."""
    diagnosis = getattr(error.orig, "diag", None)
    return f"{sqlstate(error)} {diagnosis.constraint_name}" if diagnosis else str(error.orig)


def _database_away(error: SQLAlchemyError) -> BaseResponse:
    if sqlstate(error) in HELD_BY_OTHERS:
        return _problem(Busy())
    if deadlines.cut_short(error):
        logger.warning("a statement took too long: %s %r", request.method, request.path)
        return _problem(TookTooLong())
    if is_full(error):
        return _full()
    logger.error("the database did not answer: %s", error)
    g._login_user, g.database_away = AnonymousUserMixin(), True  # an error page must not look up the current user again
    return _problem(Away())


def _database_failed(error: DBAPIError) -> BaseResponse:
    """Tell a database that is away or a standby from a statement that is wrong."""
    away = error.connection_invalidated or sqlstate(error) == READ_ONLY
    return _database_away(error) if away else _bug(error)


def _system(error: OSError) -> BaseResponse:
    return _full() if is_full(error) else _bug(error)


def _full() -> BaseResponse:
    disk.note_full()
    return _problem(Full())


def _bug(error: Exception) -> BaseResponse:
    db.session.rollback()
    logger.exception("a request failed: %s %r", request.method, request.path)
    return _error(500, _("Something went wrong on the server. It has been logged; nothing was changed."))


def _log_refusal(response: Response) -> Response:
    """Log who tried what they may not do, or too often; an address is quoted, because it may contain line ends."""
    status = response.status_code
    if status not in {401, 403, 404, 429}:
        return response
    who = capture.origin(db.session()).actor_id
    hidden = status == 404 and who and request.url_rule
    if status in {403, 429} or hidden or (status == 401 and tokens.shown()):
        whose = f"{who or 'somebody unknown'} at {request.remote_addr}"
        logger.info("refused with %d: %s %r of %s", status, request.method, request.path, whose)
    return response


def _error(code: int, message: str) -> BaseResponse:
    db.session.rollback()
    if not _for_a_program():
        return _page(code, message)
    response: Response = jsonify({"error": message})
    response.status_code = code
    return response


def _page(status: int, message: str) -> BaseResponse:
    if request_ctx.url_adapter is None:  # the requested host is invalid, so a page could not build addresses
        return Response(message, status, content_type="text/plain; charset=utf-8")
    title = _(TITLES[status]) if status in TITLES else _("Something is wrong")
    page = render_template("errors/error.html", status=status, title=title, message=message)
    return Response(page, status)


def _for_a_program() -> bool:
    return request.path == "/api" or request.path.startswith(PROGRAMS) or request.path in OPERATORS
