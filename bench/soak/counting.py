"""PUNT's own gunicorn configuration, with workers that also record their greenlets and connections."""

from __future__ import annotations

import gc
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import gevent

from punt.settings import ROOT

EVERY = 2.0

exec((ROOT / "gunicorn.conf.py").read_text())

_start = globals()["post_worker_init"]


def post_worker_init(worker: Any) -> None:
    """Start the worker, and let it count."""
    _start(worker)
    gevent.spawn(_count_again_and_again, worker)


def _count_again_and_again(worker: Any) -> None:
    pool = worker.wsgi.extensions["punt_events"].engine.pool
    place = Path(os.environ["PUNT_INSTANCE_PATH"]) / f"counts-{os.getpid()}.json"
    while True:
        greenlets = sum(isinstance(thing, gevent.Greenlet) and not thing.dead for thing in gc.get_objects())
        with suppress(OSError):  # a full disk is one of the storms
            place.write_text(json.dumps({"greenlets": greenlets, "connections": pool.checkedout()}))
        gevent.sleep(EVERY)
