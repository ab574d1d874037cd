"""Declaring on each route what it accepts and returns: ``@answers(shapes.Label, 201, body=NewLabel)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])
STREAM = "text/event-stream"


@dataclass(frozen=True)
class FormWithFile:
    """A body of ``multipart/form-data``.

    :param fields: the model of what is typed.
    :param file: the field of the file.
    """

    fields: type[BaseModel]
    file: str = "file"


@dataclass(frozen=True)
class Description:
    """What a route accepts and returns.

    :param shape: the response on success: a shape, a list of one, a media type, or None for an empty response.
    :param status: its status.
    :param body: the model of the body, or a form with a file, or the media type of anything else.
    :param query: the model of its query, or schemas by name.
    :param headers: request headers that it reads, beside those that all routes do.
    :param sends: headers of the response on success, such as ``ETag``.
    :param also: further statuses than those that every such route may return, and their shapes.
    :param public: whether it also serves those who are not signed in.
    """

    shape: Any
    status: int = 200
    body: type[BaseModel] | FormWithFile | str | None = None
    query: type[BaseModel] | Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    also: Mapping[int, type[BaseModel] | None] = field(default_factory=dict)
    public: bool = False


def answers(shape: Any, status: int = 200, **more: Any) -> Callable[[View], View]:
    """Describe a view, see :class:`Description`; goes right above its ``def``, or above ``@begins_itself``."""

    def describe(view: View) -> View:
        view.description = Description(shape, status, **more)  # type: ignore[attr-defined]
        return view

    return describe
