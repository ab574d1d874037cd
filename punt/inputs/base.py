"""Reading a request's body into a model, and saying what is wrong with it in one way."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from werkzeug.datastructures import MultiDict

from punt.errors import Detail, Invalid
from punt.events.publication import camel


class Input(BaseModel):
    """The base of all inputs: camelCase names, nothing unknown, no guessing of types."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid", strict=True, populate_by_name=False)

    def given(self) -> dict[str, Any]:
        """Return only what was sent, by attribute name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


AnInput = TypeVar("AnInput", bound=Input)

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _single_line(text: str) -> str:
    if _CONTROLS.search(text) or any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text):
        raise PydanticCustomError("control", "Use plain text on one line.")
    return text


def _multi_line(text: str) -> str:
    if _CONTROLS.search(text):
        raise PydanticCustomError("control", "Use plain text.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _capitalized(value: Any) -> Any:
    return value.strip().capitalize() if isinstance(value, str) else value


OneLine = AfterValidator(_single_line)
ManyLines = AfterValidator(_multi_line)
Name50 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), OneLine]
Name80 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), OneLine]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
AnyCase = BeforeValidator(_capitalized)
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]


def body(model: type[AnInput]) -> AnInput:
    """Read the request's JSON body.

    :raises Invalid: naming every field that is wrong; nothing has been changed then.
    """
    if not request.is_json:
        raise Invalid.field("Content-Type", "Send JSON, with Content-Type: application/json.")
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        raise invalid(error) from None


def form(model: type[AnInput], fields: MultiDict[str, str], *, lists: tuple[str, ...] = ()) -> AnInput:
    """Read a plain HTML form: absent fields were not asked for, empty ones mean none.

    :param lists: the fields that may stand several times.
    :raises Invalid: as for JSON.
    """
    wanted = {model.model_fields[name].alias or name for name in model.model_fields}
    given: dict[str, Any] = {
        name: [value for value in fields.getlist(name) if value] if name in lists else _emptied(model, name, value)
        for name, value in fields.items()
        if name in wanted
    }
    try:
        return model.model_validate(given, strict=False)
    except ValidationError as error:
        raise invalid(error) from None


def query(model: type[AnInput]) -> AnInput:
    """Read the query of a request's address; an empty parameter was not asked for.

    :raises Invalid: as for JSON.
    """
    try:
        return model.model_validate({name: value for name, value in request.args.items() if value}, strict=False)
    except ValidationError as error:
        raise invalid(error) from None


def _emptied(model: type[Input], name: str, value: str) -> str | None:
    return None if not value.strip() and name in getattr(model, "NONE_WHEN_EMPTY", ()) else value


def invalid(error: ValidationError) -> Invalid:
    """Turn pydantic's findings into the API's answer."""
    details = [Detail(_field(issue), _message(issue)) for issue in error.errors(include_url=False, include_input=False)]
    first = details[0]
    return Invalid(f"{first.field}: {first.message}", *details)


def _field(issue: ErrorDetails) -> str:
    return ".".join(str(part) for part in issue["loc"]) or "body"


def _message(issue: ErrorDetails) -> str:
    kind, context = issue["type"], issue.get("ctx", {})
    match kind:
        case "missing":
            return "This is required."
        case "extra_forbidden":
            return "There is no such field."
        case "string_too_long":
            return f"At most {context['max_length']} characters."
        case "string_too_short":
            least = context["min_length"]
            return "This is required." if least == 1 else f"At least {least} characters."
        case "json_invalid":
            return "This is not valid JSON."
        case "value_error":
            return str(context["error"])
    return issue["msg"].rstrip(".") + "."
