"""Every setting of PUNT: its variable, its default, its validation. ``docs/settings.md`` explains them."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
RELEASE = "0.1.0"
"""The version of PUNT; see CHANGELOG.md."""


class SettingsError(Exception):
    """An invalid setting, with which PUNT cannot start; the text names the variable."""


def _words(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class Retention(NamedTuple):
    """How long events are kept: at most so many seconds, rows and bytes."""

    seconds: int
    rows: int
    size: int = 10**9


_AGES = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SIZES = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def _retention(value: Any) -> Any:
    """Read ``7d``, ``500000``, ``2GB`` or ``12h 500000 2GB``: an age and a size with their units, a number of rows."""
    kept = DEFAULT_RETENTION._asdict()
    for word in _words(value) if isinstance(value, str) else ():
        number = re.fullmatch(r"([1-9][0-9]{0,9})([smhd]|(?i:[KMGT]B))?", word)
        if number is None:
            raise ValueError("use an age like 7d or 12h, a number of rows, a size like 500MB or 2GB, or some of them")
        kept |= _bound(int(number[1]), number[2] or "")
    return Retention(**kept) if isinstance(value, str) else value


def _bound(number: int, unit: str) -> dict[str, int]:
    if unit.upper() in _SIZES:
        return {"size": number * _SIZES[unit.upper()]}
    return {"seconds": number * _AGES[unit]} if unit else {"rows": number}


DEFAULT_RETENTION = Retention(7 * 86_400, 1_000_000)


DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"})


def _can_be_used(database: str) -> bool:
    """Tell whether PUNT can use a database; in a file's name, anything after a ``?`` would silently be cut off."""
    try:
        url = make_url(database)
    except (ArgumentError, ValueError):
        return False
    if url.drivername.startswith("sqlite") and (url.host or "?" in database):
        return False
    return url.drivername in DRIVERS and url.database not in {None, "", ":memory:"} and "@" not in (url.host or "")


class Settings(BaseModel):
    """The settings, read once at the start from the environment; a field's alias is its variable."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bind: str = Field("127.0.0.1:3000", alias="PUNT_BIND")
    instance_path: Path = Field(ROOT / "instance", alias="PUNT_INSTANCE_PATH")
    database_url: str = Field("", alias="PUNT_DATABASE_URL")
    secret_key: str = Field("", alias="PUNT_SECRET_KEY")
    workers: int = Field(2, alias="WEB_CONCURRENCY", ge=1, le=64)
    rate_limits: Annotated[Literal["on", "off"], BeforeValidator(_lower)] = Field("on", alias="PUNT_RATE_LIMITS")
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = Field(
        "info", alias="PUNT_LOG_LEVEL"
    )
    session_lifetime: int = Field(30 * 86_400, alias="PUNT_SESSION_LIFETIME", ge=1, le=366 * 86_400)
    request_patience: float = Field(60, alias="PUNT_REQUEST_PATIENCE", ge=1, le=3600)
    statement_patience: float = Field(5, alias="PUNT_STATEMENT_PATIENCE", ge=0.1, le=3600)
    stream_keepalive: float = Field(30, alias="PUNT_STREAM_KEEPALIVE", gt=0, le=30)
    stream_lifetime: float = Field(600, alias="PUNT_STREAM_LIFETIME", gt=0, le=86_400)
    stream_lane: Annotated[Literal["auto", "generator"], BeforeValidator(_lower)] = Field(
        "auto", alias="PUNT_STREAM_LANE"
    )
    stream_write_timeout: float = Field(10, alias="PUNT_STREAM_WRITE_TIMEOUT", ge=0.1, le=300)
    streams_per_person: int = Field(100, alias="PUNT_STREAMS_PER_PERSON", ge=1, le=10_000)
    streams_per_worker: int = Field(4000, alias="PUNT_STREAMS_PER_WORKER", ge=1, le=100_000)
    event_retention: Annotated[Retention, BeforeValidator(_retention)] = Field(
        DEFAULT_RETENTION, alias="PUNT_EVENT_RETENTION"
    )
    audit_retention: int = Field(365, alias="PUNT_AUDIT_RETENTION", ge=1, le=36_500)
    import_limit: int = Field(10_000_000_000, alias="PUNT_IMPORT_LIMIT", ge=1)
    upload_limit: int = Field(1_000_000_000, alias="PUNT_UPLOAD_LIMIT", ge=1)
    redis_url: str = Field("", alias="PUNT_REDIS_URL", pattern=r"^((redis|rediss|valkey|valkeys|unix)://.+)?$")
    metrics_token: str = Field("", alias="PUNT_METRICS_TOKEN")
    trusted_origins: Annotated[frozenset[str], BeforeValidator(_words)] = Field(
        frozenset(), alias="PUNT_TRUSTED_ORIGINS"
    )
    proxy_count: int = Field(0, alias="PUNT_PROXY_COUNT", ge=0, le=10)
    url_prefix: str = Field("", alias="PUNT_URL_PREFIX")

    @field_validator("bind")
    @classmethod
    def _address(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not (value.startswith("unix:/") or (host and re.fullmatch("[0-9]{1,5}", port) and int(port) <= 65_535)):
            raise ValueError("use HOST:PORT or unix:/PATH")
        return value

    @field_validator("instance_path")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        path = value.expanduser().absolute()
        if any("\ud800" <= sign <= "\udfff" for sign in str(path)):  # how Python reads bytes that are not UTF-8
            raise ValueError("use a folder whose name is UTF-8, and so are those of the folders around it")
        return path

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not _can_be_used(value or "sqlite:///default"):
            raise ValueError(
                "use sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME, "
                "and in FILE, USER and PASSWORD write % as %25, ? as %3F, @ as %40 and : as %3A"
            )
        return value

    @field_validator("url_prefix")
    @classmethod
    def _path(cls, value: str) -> str:
        if not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?", value):
            raise ValueError("use a path like /punt or /tools/punt, of A-Z a-z 0-9 . _ ~ -, without a host")
        return value.rstrip("/")

    @field_validator("trusted_origins")
    @classmethod
    def _origins(cls, value: frozenset[str]) -> frozenset[str]:
        if not all(re.fullmatch(r"https?://[^/\s]+", origin) for origin in value):
            raise ValueError("use https://HOST, without a path, separated by spaces or commas")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_secret(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("use at least 32 characters, or leave it out and PUNT makes one")
        return value

    @property
    def database(self) -> str:
        """The address of the database: the one configured, or a SQLite file in the instance folder."""
        file = URL.create("sqlite", database=str(self.instance_path / "punt.sqlite3"))
        return self.database_url or file.render_as_string(hide_password=False)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read and validate all settings; an empty variable counts as not set.

        :raises SettingsError: naming every variable that is invalid, and why.
        """
        try:
            return cls.model_validate({name: value for name, value in environ.items() if value.strip()})
        except ValidationError as error:
            lines = [f"  {issue['loc'][0]}: {issue['msg'].removeprefix('Value error, ')}" for issue in error.errors()]
            raise SettingsError("PUNT cannot start with these settings:\n" + "\n".join(lines)) from None


def instance_folder(settings: Settings) -> Path:
    """Return the folder for PUNT's own files, creating it if necessary.

    :raises SettingsError: when it cannot be created.
    """
    path = settings.instance_path
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"PUNT_INSTANCE_PATH: cannot use {path}: {error.strerror}") from None
    return path


def secret_key(settings: Settings) -> str:
    """Return the key that signs cookies, creating a private file for it on the first start.

    :raises SettingsError: when the instance folder cannot be written to.
    """
    if settings.secret_key:
        return settings.secret_key
    path = instance_folder(settings) / "secret.key"
    try:
        _write_once(path, secrets.token_hex(32))
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(f"PUNT_INSTANCE_PATH: cannot use {path}: {error.strerror}") from None


def _write_once(path: Path, text: str) -> None:
    """Write a file of mode 0600 unless it exists; completely or not at all, even if two workers race."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600, exist_ok=False)
    try:
        draft.write_text(text + "\n")
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
