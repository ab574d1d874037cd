"""Reading a request's body into a model, and reporting errors in one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, TypeVar

from flask import request
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
)
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema
from werkzeug.datastructures import MultiDict

from punt.errors import Detail, Invalid
from punt.events.publication import camel
from punt.inputs.amounts import TooMuch, refuse_more_than
from punt.inputs.names import NameTwice, refuse_names_twice
from punt.language import _, later, plural
from punt.models.texts import UNSEEN, shows_anything


class Input(BaseModel):
    """The base of all inputs: camelCase names, no unknown fields, no coercion of types."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid", strict=True, populate_by_name=False)
    MOST_VALUES: ClassVar[int] = 2000
    """Names, values, objects and arrays that its JSON may contain, including those that it refuses."""

    def given(self) -> dict[str, Any]:
        """Return only what was sent, by attribute name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


MOST_NAMED, LONGEST_NAME = 20, 100
"""How many wrong fields a response names, and how much of a name it repeats."""
AnInput = TypeVar("AnInput", bound=Input)

NO_DAY = "0001-01-01"
"""How programs write "no date" if they always have to write one."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _single_line(text: str) -> str:
    if _CONTROLS.search(text) or any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text):
        raise PydanticCustomError("control", _("Use plain text on one line."))
    return text


def _name(text: str) -> str:
    if not shows_anything(text):
        raise PydanticCustomError("unseen", _("This is required."))
    return _single_line(text)


def _multi_line(text: str) -> str:
    if _CONTROLS.search(text):
        raise PydanticCustomError("control", _("Use plain text."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Rule:
    """A check of a text, and the pattern by which the API's description states it.

    :param check: returns the text, or raises.
    :param pattern: what is accepted, as a JSON Schema pattern.
    :param measured: whether the pattern also covers the length.
    """

    check: Callable[[str], str]
    pattern: str
    measured: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        told = handler(schema) | {"pattern": self.pattern}
        return {name: told[name] for name in told if not (self.measured and name in {"minLength", "maxLength"})}


def _whole(value: Any) -> Any:
    """Accept 3.0 for 3, as JSON Schema does."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _day(value: Any) -> Any:
    """Read a date only if it is written out; pydantic would also accept seconds since 1970."""
    if not isinstance(value, str):
        return value
    if value == NO_DAY:
        return None
    if _DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError(_("This must be a day, such as 2026-01-15."))


def _capitalized(value: Any) -> Any:
    return value.strip().capitalize() if isinstance(value, str) else value


_BLANK = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_LINE = r"\x00-\x1f\x7f-\x9f\u2028\u2029"


def within_blanks(pattern: str) -> str:
    """Build the pattern of a text whose surrounding whitespace is ignored."""
    return f"^[{_BLANK}]*{pattern}[{_BLANK}]*$"


INK = rf"{_NO_LINE}{_BLANK}"
"""For a pattern's brackets: what no character of a word is."""
OneLine = Rule(_single_line, rf"^[^{_NO_LINE}]*$")
ManyLines = Rule(_multi_line, r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")


def named(most: int) -> Rule:
    """Make the rule of a name: one line, something visible, and at most so many characters."""
    seen = rf"(?=[^{_NO_LINE}]*[^{INK}{UNSEEN}])"
    return Rule(_name, within_blanks(rf"{seen}[^{INK}]([^{_NO_LINE}]{{0,{most - 2}}}[^{INK}])?"), measured=True)


Name50 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), named(50)]
Name80 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), named(80)]
Whole = BeforeValidator(_whole)
Day = Annotated[date | None, BeforeValidator(_day)]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
AnyCase = BeforeValidator(_capitalized)
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]


def body(model: type[AnInput]) -> AnInput:
    """Read the request's JSON body.

    :raises Invalid: naming every field that is wrong; nothing has been changed then.
    """
    if not request.is_json:
        raise Invalid.field("Content-Type", _("Send JSON, with Content-Type: application/json."))
    text = request.get_data()
    try:
        refuse_more_than(model.MOST_VALUES, text)
        found = model.model_validate_json(text)
        refuse_names_twice(text)
    except TooMuch as much:
        raise Invalid.field("body", str(much)) from None
    except ValidationError as error:
        raise invalid(error) from None
    except NameTwice as twice:
        raise Invalid.field(twice.name, _("This is given twice.")) from None
    return found


def form(model: type[AnInput], fields: MultiDict[str, str], *, lists: tuple[str, ...] = ()) -> AnInput:
    """Read a plain HTML form: absent fields were not submitted, empty ones mean none.

    :param lists: the fields that may occur several times.
    :raises Invalid: as for JSON.
    """
    wanted = {model.model_fields[name].alias or name for name in model.model_fields}
    given: dict[str, Any] = {
        name: [value for value in fields.getlist(name) if value] if name in lists else _typed(model, name, value)
        for name, value in fields.items()
        if name in wanted
    }
    try:
        return model.model_validate(given, strict=False)
    except ValidationError as error:
        raise invalid(error) from None


def query(model: type[AnInput]) -> AnInput:
    """Read a request's query; an empty parameter counts as absent.

    :raises Invalid: as for JSON.
    """
    try:
        return model.model_validate({name: value for name, value in request.args.items() if value}, strict=False)
    except ValidationError as error:
        raise invalid(error) from None


def _typed(model: type[Input], name: str, value: str) -> str | None:
    """Return a text with the line ends that were typed: a form sends longer ones than its field counts."""
    empty = not value.strip() and name in getattr(model, "NONE_WHEN_EMPTY", ())
    return None if empty else value.replace("\r\n", "\n")


def invalid(error: ValidationError) -> Invalid:
    """Turn pydantic's errors into the API's response."""
    issues = error.errors(include_url=False, include_input=False)
    details = [Detail(_field(issue), _message(issue)) for issue in issues[:MOST_NAMED]]
    first, more = details[0], len(issues) - len(details)
    rest = "%(num)s more field is wrong than are named here.", "%(num)s more fields are wrong than are named here."
    said = f"{first.field}: {first.message}"
    return Invalid(f"{said} {plural(*rest, more)}" if more else said, *details)


_OF_PYDANTIC = {
    "bool_parsing": later("Input should be a valid boolean, unable to interpret input"),
    "bool_type": later("Input should be a valid boolean"),
    "greater_than_equal": later("Input should be greater than or equal to %(ge)s"),
    "int_from_float": later("Input should be a valid integer, got a number with a fractional part"),
    "int_parsing": later("Input should be a valid integer, unable to parse string as an integer"),
    "int_type": later("Input should be a valid integer"),
    "less_than_equal": later("Input should be less than or equal to %(le)s"),
    "string_pattern_mismatch": later("String should match pattern '%(pattern)s'"),
    "string_type": later("Input should be a valid string"),
}
"""What pydantic says itself, word for word, by what is wrong."""


def _field(issue: ErrorDetails) -> str:
    name = ".".join(str(part) for part in issue["loc"]) or "body"
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def _message(issue: ErrorDetails) -> str:
    kind, context = issue["type"], issue.get("ctx", {})
    match kind:
        case "missing":
            return _("This is required.")
        case "extra_forbidden":
            return _("There is no such field.")
        case "string_too_long":
            return plural("At most %(num)s character.", "At most %(num)s characters.", context["max_length"])
        case "string_too_short":
            least = context["min_length"]
            return (
                _("This is required.")
                if least == 1
                else plural("At least %(num)s character.", "At least %(num)s characters.", least)
            )
        case "json_invalid":
            return _("This is not valid JSON.")
        case "value_error":
            return str(context["error"])
    said = _(_OF_PYDANTIC[kind], **context) if kind in _OF_PYDANTIC else issue["msg"]
    return said.rstrip(".") + "."
