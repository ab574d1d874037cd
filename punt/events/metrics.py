"""What the pipeline counts, for Prometheus; the workers of a server count together (see ``figures``)."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    values,
)

from punt.events import figures

values.ValueClass = figures.SharedValue  # the client's own multiprocess mode replaces this, too, but with files
disable_created_metrics()  # type: ignore[no-untyped-call]
registry = CollectorRegistry()

streams_open = Gauge("punt_streams_open", "Open streams.", ["kind"], registry=registry, multiprocess_mode="livesum")
delivered = Counter("punt_events_delivered", "Events written to streams as they happened.", registry=registry)
replayed = Counter("punt_events_replayed", "Events written to streams from the log, to catch up.", registry=registry)
resets = Counter("punt_stream_resets", "Streams whose cursor could not be continued.", ["reason"], registry=registry)
in_lane = Gauge(
    "punt_streams_in_lane",
    "Streams that have everything and are sent to directly, without a greenlet of their own.",
    registry=registry,
    multiprocess_mode="livesum",
)
overflows = Counter(
    "punt_stream_overflows", "Clients that could not take at once all that was published for them.", registry=registry
)
refused = Counter(
    "punt_streams_refused", "Streams refused because a person or a worker had no place left.", registry=registry
)
slow_cut = Counter("punt_slow_clients_cut", "Clients cut off because they did not read.", registry=registry)
ended = Counter("punt_streams_ended", "Streams that ended.", ["reason"], registry=registry)
log_lag = Gauge(
    "punt_log_lag_seconds",
    "Age of the oldest event the feed found unread.",
    registry=registry,
    multiprocess_mode="livemax",
)
feed_checked = Gauge(
    "punt_feed_checked_timestamp_seconds",
    "When the feed last read the log, Unix time.",
    registry=registry,
    multiprocess_mode="livemin",
)
disk_full = Gauge(
    "punt_disk_full_timestamp_seconds",
    "When a write last found the disk full, Unix time; 0 for never.",
    registry=registry,
    multiprocess_mode="livemax",
)
commit_to_write = Histogram(
    "punt_commit_to_write_seconds",
    "From an event's commit until it was written to a stream's socket.",
    registry=registry,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

_LABELLED = {"punt_streams_open": streams_open, "punt_stream_resets": resets, "punt_streams_ended": ended}


def sent(events: int, streams: int, delay: float) -> None:
    """Count what one pass has written: many observations of the same delay at once, for which the client has no call.

    :param delay: seconds since the commit of the oldest.
    """
    delivered.inc(events)
    commit_to_write._sum.inc(max(delay, 0) * streams)
    bound = next(nth for nth, upper in enumerate(commit_to_write._upper_bounds) if delay <= upper)
    commit_to_write._buckets[bound].inc(streams)


def exposition() -> bytes:
    """Write the figures of all workers in the format of Prometheus."""
    for metric, labels in figures.labels_seen():
        if metric in _LABELLED:
            _LABELLED[metric].labels(*labels)  # so that what only other workers have counted is included
    return generate_latest(registry)
