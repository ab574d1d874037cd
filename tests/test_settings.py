"""Settings: their defaults, their validation, their page, and the secret key."""

from __future__ import annotations

import os
import re
import stat
import threading
from pathlib import Path

import pytest

from punt.app import create_app
from punt.settings import ROOT, Retention, Settings, SettingsError, instance_folder, secret_key

PAGE = (ROOT / "docs" / "settings.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
WRONG = {
    "PUNT_BIND": ["3000", "localhost", ":3000", "localhost:http", "localhost:99999", "localhost:-1", "unix:", "h:٣"],
    "PUNT_DATABASE_URL": [
        "sqlite://",
        "sqlite:///:memory:",
        "punt.sqlite3",
        "mysql://localhost/punt",
        "http://example.org",
        "postgresql:/",
        "://",
    ],
    "PUNT_INSTANCE_PATH": ["/srv/\udcff"],
    "PUNT_SECRET_KEY": ["secret", "x" * 31],
    "WEB_CONCURRENCY": ["0", "-1", "65", "two", "1.5", "auto"],
    "PUNT_RATE_LIMITS": ["no", "0", "true"],
    "PUNT_LOG_LEVEL": ["loud", "10"],
    "PUNT_SESSION_LIFETIME": ["0", "-1", "1d", "99999999999"],
    "PUNT_REQUEST_PATIENCE": ["0", "0.5", "-1", "3601", "nan", "long"],
    "PUNT_STATEMENT_PATIENCE": ["0", "-1", "3601", "nan", "long"],
    "PUNT_STREAM_KEEPALIVE": ["0", "-1", "31", "nan", "inf", "soon"],
    "PUNT_STREAM_LIFETIME": ["0", "-1", "86401", "nan", "for ever"],
    "PUNT_STREAM_LANE": ["on", "direct", "0"],
    "PUNT_STREAM_WRITE_TIMEOUT": ["0", "-1", "301", "nan", "soon"],
    "PUNT_STREAMS_PER_PERSON": ["0", "-1", "10001", "many"],
    "PUNT_STREAMS_PER_WORKER": ["0", "-1", "100001", "many"],
    "PUNT_EVENT_RETENTION": ["0", "0d", "-7d", "7w", "a week", "7d x", "0GB", "5M", "1.5GB", "2 GB"],
    "PUNT_AUDIT_RETENTION": ["0", "36501", "a year"],
    "PUNT_IMPORT_LIMIT": ["0", "-1", "10 GB", "much"],
    "PUNT_UPLOAD_LIMIT": ["0", "-1", "1 GB", "much"],
    "PUNT_REDIS_URL": ["localhost:6379", "http://localhost", "redis://"],
    "PUNT_TRUSTED_ORIGINS": ["example.org", "https://example.org/", "*", "https://a.example ftp://b.example"],
    "PUNT_PROXY_COUNT": ["-1", "11", "one"],
    "PUNT_URL_PREFIX": [
        "punt",
        "//punt",
        "/a//b",
        "/punt//",
        "/punt/../x",
        "/.",
        "https://example.org/punt",
        "//evil.example/x",
        "/a b",
        "/a?b",
        "/a#b",
        "/a%20b",
        "/ä",
        "/a\\b",
        "/a;b",
        '/"x',
        "/a\nb",
        "/punt\n",
    ],
}


def names() -> set[str]:
    """Return the variables that are read."""
    return {field.alias or name for name, field in Settings.model_fields.items()}


def test_without_any_variable_everything_works(tmp_path: Path) -> None:
    settings = Settings.from_environ({})

    assert settings.bind == "127.0.0.1:3000"
    assert settings.database == f"sqlite:///{ROOT / 'instance' / 'punt.sqlite3'}"
    assert (settings.workers, settings.rate_limits, settings.log_level) == (2, "on", "info")


def test_every_setting_is_taken_from_its_variable(tmp_path: Path) -> None:
    environ = {
        "PUNT_BIND": "unix:/run/punt.sock",
        "PUNT_INSTANCE_PATH": str(tmp_path),
        "PUNT_DATABASE_URL": "postgresql+psycopg://punt:secret@db/punt",
        "PUNT_SECRET_KEY": "k" * 32,
        "WEB_CONCURRENCY": "4",
        "PUNT_RATE_LIMITS": "OFF",
        "PUNT_LOG_LEVEL": "Debug",
        "PUNT_SESSION_LIFETIME": "3600",
        "PUNT_REQUEST_PATIENCE": "20",
        "PUNT_STATEMENT_PATIENCE": "3",
        "PUNT_STREAM_KEEPALIVE": "0.5",
        "PUNT_STREAM_LIFETIME": "60",
        "PUNT_STREAM_LANE": "Generator",
        "PUNT_STREAM_WRITE_TIMEOUT": "2.5",
        "PUNT_STREAMS_PER_PERSON": "7",
        "PUNT_STREAMS_PER_WORKER": "70",
        "PUNT_EVENT_RETENTION": "12h 5000 20mb",
        "PUNT_AUDIT_RETENTION": "90",
        "PUNT_IMPORT_LIMIT": "1000",
        "PUNT_UPLOAD_LIMIT": "100",
        "PUNT_REDIS_URL": "redis://localhost:6379/1",
        "PUNT_METRICS_TOKEN": "token",
        "PUNT_TRUSTED_ORIGINS": "https://a.example, http://b.example:8080",
        "PUNT_PROXY_COUNT": "1",
        "PUNT_URL_PREFIX": "/punt",
    }

    settings = Settings.from_environ(environ)

    assert environ.keys() == names()
    lower = {"PUNT_RATE_LIMITS": "off", "PUNT_LOG_LEVEL": "debug", "PUNT_STREAM_LANE": "generator"}
    assert settings == Settings.model_validate(environ | lower | {"PUNT_INSTANCE_PATH": tmp_path})
    assert (settings.bind, settings.workers, settings.stream_keepalive) == ("unix:/run/punt.sock", 4, 0.5)
    assert settings.database == environ["PUNT_DATABASE_URL"]
    assert settings.event_retention == Retention(12 * 3600, 5000, 20_000_000)
    assert settings.audit_retention == 90
    assert settings.trusted_origins == {"https://a.example", "http://b.example:8080"}


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_environ(dict.fromkeys(names(), " ")) == Settings.from_environ({})


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_an_error_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({name: value})

    first, *lines = str(caught.value).splitlines()
    assert first == "PUNT cannot start with these settings:"
    assert [line.split(":")[0].strip() for line in lines] == [name]


def test_wrong_values_were_tried_for_every_variable_that_can_be_wrong() -> None:
    assert WRONG.keys() | {"PUNT_METRICS_TOKEN"} == names()


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({"WEB_CONCURRENCY": "0", "PUNT_LOG_LEVEL": "loud"})

    assert {"WEB_CONCURRENCY", "PUNT_LOG_LEVEL"} <= set(re.findall(r"\w+", str(caught.value)))


def test_a_secret_is_not_shown_when_it_is_wrong() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({"PUNT_SECRET_KEY": "hunter2"})

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("key", ["", "k" * 32])
def test_an_instance_folder_that_cannot_be_is_an_error_that_names_the_variable(tmp_path: Path, key: str) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()

    for path in (in_the_way, in_the_way / "instance"):
        with pytest.raises(SettingsError, match="PUNT_INSTANCE_PATH"):
            create_app(Settings.from_environ({"PUNT_INSTANCE_PATH": str(path), "PUNT_SECRET_KEY": key}))


def test_an_instance_folder_is_made_with_what_leads_to_it(tmp_path: Path) -> None:
    settings = Settings.from_environ({"PUNT_INSTANCE_PATH": str(tmp_path / "a" / "b")})

    assert instance_folder(settings).is_dir()
    assert instance_folder(settings) == tmp_path / "a" / "b"


def test_the_secret_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    settings = Settings.from_environ({"PUNT_INSTANCE_PATH": str(tmp_path)})
    before = os.umask(0)
    try:
        keys = [secret_key(settings) for _ in range(3)]
    finally:
        os.umask(before)

    assert len(keys[0]) == 64
    assert keys == [keys[0]] * 3
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_workers_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    settings = Settings.from_environ({"PUNT_INSTANCE_PATH": str(tmp_path)})
    start, keys = threading.Barrier(8), []

    def work() -> None:
        start.wait()
        keys.append(secret_key(settings))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_key_that_is_set_is_used_and_none_is_written(tmp_path: Path) -> None:
    settings = Settings.from_environ({"PUNT_INSTANCE_PATH": str(tmp_path), "PUNT_SECRET_KEY": "k" * 32})

    assert secret_key(settings) == "k" * 32
    assert not list(tmp_path.iterdir())


def test_two_instances_have_two_keys(tmp_path: Path) -> None:
    keys = {secret_key(Settings.from_environ({"PUNT_INSTANCE_PATH": str(tmp_path / name)})) for name in "ab"}

    assert len(keys) == 2


def test_every_setting_is_on_the_page_and_no_other() -> None:
    assert [row[0] for row in ROW.findall(PAGE)] == [field.alias for field in Settings.model_fields.values()]


def test_the_page_tells_the_defaults_that_are_used() -> None:
    rows = {name: default for name, default, _ in ROW.findall(PAGE)}
    plain = {
        field.alias: str(field.default) for field in Settings.model_fields.values() if type(field.default) in (int, str)
    }

    for name, default in plain.items():
        assert name
        assert rows[name].startswith(f"`{default}`" if default else ("a", "made", "none")), name


def test_nothing_else_is_read_from_the_environment() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "punt").rglob("*.py"))
        if re.search(r"\bos\.environ|\bgetenv\(", path.read_text())
    ]

    assert readers == ["punt/settings.py"]
