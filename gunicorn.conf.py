"""How gunicorn serves PUNT: gevent workers, which end their open streams when they stop.

Nothing here may import a database driver: it would be loaded before gevent patches what it relies on.
"""

import errno
import gc
import json
import logging
import multiprocessing
import os
import resource
import signal
import sys

import gevent
import gunicorn.util

from punt.events.figures import share
from punt.revisions import OtherVersion, refuse_other
from punt.settings import Settings, SettingsError, secret_key

os.umask(0o077)  # PUNT's files contain password hashes: they are for its user only
try:
    settings = Settings.from_environ()
except SettingsError as wrong:
    sys.exit(str(wrong))
ROOM = 1000
"""Connections and files of a worker beyond its streams, so that streams never starve requests."""


bind = settings.bind
workers = settings.workers
worker_class = "gevent"
worker_connections = settings.streams_per_worker + ROOM
keepalive = 30
timeout = 60
graceful_timeout = 10
limit_request_line = 8190
forwarded_allow_ips, forwarder_headers, secure_scheme_headers = "", "", {}  # PUNT_PROXY_COUNT decides instead
control_socket_disable = True
loglevel = settings.log_level
accesslog = "-" if settings.log_level == "debug" else None
access_log_format = '%(h)s %(t)s "%(r)s" %(s)s %(b)s %(L)s'
DRAIN_LOOK = 0.1
LAST_WORD = 1.5
"""Seconds that a stopping worker waits for a connection's next request; the response then has ``Connection: close``."""
STOPS = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}
VANISHED = {errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ECONNABORTED}


def on_starting(server):
    _check_before_forking()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * worker_connections + ROOM  # a response that waits for its client may use a file
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, hard)), hard))
    if hard < wanted:
        server.log.warning("%d open files are allowed, %d may be needed: see LimitNOFILE or ulimit -n", hard, wanted)
    server.figures = share()
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, STOPS),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS),
        after_in_child=_exit_on_signals,
    )


def _check_before_forking():
    """Exit with a message where gunicorn would start one worker after another."""
    try:
        secret_key(settings)
    except SettingsError as wrong:
        sys.exit(str(wrong))
    # in a process of its own: a database driver loaded here would be loaded before gevent patches what it relies on
    look = multiprocessing.get_context("fork").Process(target=_look_at_the_database)
    look.start()
    look.join()
    if look.exitcode:
        sys.exit(look.exitcode)


def _look_at_the_database():
    try:
        refuse_other(settings)
    except OtherVersion as other:
        sys.exit(str(other))


def _exit_on_signals():
    """React to signals at once: a new process has its master's handlers, which would only record them."""
    for number in STOPS:
        signal.signal(number, lambda *_: sys.exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def pre_fork(server, worker):
    server.figures.give(worker.age)


def post_fork(server, worker):
    """Load the app without garbage collection: what it creates stays, and scanning it takes a sixth of the start."""
    gc.disable()


def child_exit(server, worker):
    """Remove a dead worker's open streams from the totals."""
    server.figures.take_back(worker.age)


def when_ready(server):
    address = settings.bind if settings.bind.startswith("unix:") else f"http://{settings.bind}{settings.url_prefix}"
    server.log.info("PUNT is at %s", address)


def post_worker_init(worker):
    """Open nothing before the fork; from here on the worker follows the log, and ends its streams when it stops."""
    from punt.web.connections import Connections

    worker.log.error_log.addFilter(_calm)
    worker.log.access_log.addFilter(_without_its_query)
    worker.connections = Connections(settings.request_patience, worker_connections)
    worker.handle = worker.connections.tracking(worker.handle)
    gunicorn.util.write_error = _refuse
    _refuse_a_driver_that_blocks()
    events = worker.wsgi.extensions["punt_events"]
    events.start()
    gevent.spawn(_drain_when_stopping, worker, events)
    gevent.spawn(_close_stalled, worker)
    gc.collect()
    sys.setswitchinterval(
        0.001
    )  # a fifth of the default: how long the event loop waits for a thread that works beside it
    gc.enable()
    gc.freeze()  # what is loaded by now stays: scanning it for garbage again would stop all streams for 80 ms


def _refuse_a_driver_that_blocks():
    """Refuse a psycopg that was loaded before gevent patched what it uses: every query would stop the whole worker."""
    waiting = sys.modules.get("psycopg.waiting")
    if waiting and waiting.wait.__name__ == "wait_c":
        raise RuntimeError("psycopg was imported before gevent could patch it; nothing may import it before the worker")


def _refuse(sock, status, reason, message):
    """Answer what cannot be passed to an app as a request, in the API's format: gunicorn would send a page."""
    from punt.web.security import HEADERS

    body = json.dumps({"error": f"{reason}."})
    headers = {**HEADERS, "Content-Type": "application/json", "Content-Length": len(body), "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    gunicorn.util.write_nonblock(sock, f"HTTP/1.1 {status} {reason}\r\n{head}\r\n{body}".encode())


def pre_request(worker, req):
    from punt.web import bodies

    worker.connections.begin_request(req.unreader.sock)
    bodies.expect(req)


def post_request(worker, req, environ, resp):
    from punt.web import bodies

    bodies.discard(req.body, settings.request_patience)
    worker.connections.await_request(req.unreader.sock)
    if not worker.alive:
        gevent.spawn_later(LAST_WORD, worker.connections.close_idle)
    worker.connections.yield_between(req.unreader.sock, more=req.unreader.buf.tell() > 0)


def _drain_when_stopping(worker, events):
    """End all streams and close idle connections, so that stopping the worker takes only a moment."""
    while worker.alive:
        gevent.sleep(DRAIN_LOOK)
    events.drain()
    gevent.spawn_later(LAST_WORD, worker.connections.close_idle)
    gevent.spawn_later(LAST_WORD, events.cut)


def _close_stalled(worker):
    while worker.alive:
        gevent.sleep(min(settings.request_patience / 4, 5))
        worker.connections.close_stalled()


def _calm(record):
    """Log a client that did not read or vanished in one line, without a traceback: nothing is wrong here."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, TimeoutError) or getattr(error, "errno", None) in VANISHED:
        record.msg, record.args, record.exc_info = "A client was cut off: %s", (error,), None
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


def _without_its_query(record):
    """Leave what people search for out of a request's log line."""
    record.args["r"] = record.args["r"].partition("?")[0].encode("unicode_escape").decode()
    return True
