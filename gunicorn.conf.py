"""How gunicorn serves PUNT: gevent workers, open streams ended when a worker stops.

Nothing here may import a database driver: it would be loaded before gevent patches what it stands on.
"""

import contextlib
import os
import shutil
import socket
import weakref

import gevent

from punt.settings import Settings

settings = Settings.from_environ()

figures = settings.instance_path / "metrics"
"""Where the workers share what they count; a folder of files that live as long as this server."""
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures)

bind = settings.bind
workers = settings.workers
worker_class = "gevent"
worker_connections = 5000
keepalive = 30
timeout = 60
graceful_timeout = 10
control_socket_disable = True
loglevel = settings.log_level
accesslog = "-" if settings.log_level == "debug" else None
DRAIN_LOOK = 0.1

idle = weakref.WeakSet()
"""Connections of this worker that wait for their client's next request."""


def on_starting(server):
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir(parents=True)


def child_exit(server, worker):
    """Take a worker's open streams out of the sum when it is gone."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def when_ready(server):
    address = settings.bind if settings.bind.startswith("unix:") else f"http://{settings.bind}"
    server.log.info("PUNT is at %s", address)


def post_worker_init(worker):
    """Open nothing before the fork; from here on the worker follows the log, and ends its streams when it stops."""
    events = worker.wsgi.extensions["punt_events"]
    events.start()
    gevent.spawn(_drain_when_stopping, worker, events)


def pre_request(worker, req):
    idle.discard(req.unreader.sock)


def post_request(worker, req, environ, resp):
    """Let other greenlets run: a client whose next request is already here would never let them."""
    idle.add(environ["gunicorn.socket"])
    if not worker.alive:
        _hang_up(environ["gunicorn.socket"])
    gevent.sleep(0)


def _drain_when_stopping(worker, events):
    """End all streams and hang up on clients that want nothing, so that the worker's stop takes a moment only."""
    while worker.alive:
        gevent.sleep(DRAIN_LOOK)
    events.drain()
    for connection in tuple(idle):
        _hang_up(connection)


def _hang_up(connection):
    """Await no further request: through a twin, because gevent would wake who reads the socket itself with an error."""
    with contextlib.suppress(OSError), connection.dup() as twin:
        twin.shutdown(socket.SHUT_RD)
