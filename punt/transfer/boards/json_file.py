"""Reading JSON that other programs wrote: unknown keys are ignored, and errors are reported by name."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from punt.inputs.names import NameTwice, each_once
from punt.language import _
from punt.transfer.refusal import Refusal


class Part(BaseModel):
    """A part of a file; one of the wrong type counts as absent."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_none(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else given


APart = TypeVar("APart", bound=Part)


def parsed(content: bytes, what: str) -> Any:
    """Parse JSON.

    :param what: what it should be, in words that follow "This is no".
    :raises Refusal: when it is not valid.
    """
    try:
        return json.loads(content, object_pairs_hook=each_once, parse_constant=_no_constant)
    except RecursionError:
        raise Refusal(_("This is nested too deep.")) from None
    except (NameTwice, _NoNumber) as error:
        raise Refusal(_("This is no %(what)s: %(error)s", what=what, error=error)) from None
    except ValueError:
        raise Refusal(_("This is no %(what)s: it is not valid JSON.", what=what)) from None


def read_as(model: type[APart], found: Any, what: str) -> APart:
    """Validate what was parsed as a file of a kind.

    :raises Refusal: when it is not valid, naming the first wrong field.
    """
    try:
        return model.model_validate(found)
    except ValidationError as error:
        where = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"])) or "its beginning"
        raise Refusal(_("This is no %(what)s: %(where)s is missing or wrong.", what=what, where=where)) from None


class _NoNumber(ValueError):
    """What Python accepts as a JSON number and nobody else does."""


def _no_constant(name: str) -> Any:
    raise _NoNumber(f"{name} is no number.")
