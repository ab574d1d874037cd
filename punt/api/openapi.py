"""The API's own description, in OpenAPI 3.1, generated from the routes and from the models that validate input."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, get_args

from flask import Blueprint, Flask, current_app
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from punt.access.tokens import NOT_HERE
from punt.api import shapes
from punt.api.describe import STREAM, Description, FormWithFile, answers
from punt.web.security import SAFE

blueprint = Blueprint("api_openapi", __name__, url_prefix="/api")

Json = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"
TEXT = {"type": "string"}
HEADERS = {
    "X-Tab-Id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    "If-Match": {"type": "string", "pattern": '^(\\*|(W/)?"?[0-9]{1,9}"?)$'},
    "Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": 200},
    "Last-Event-ID": TEXT,
}
MESSAGE = {
    "type": "object",
    "description": "One event of the stream; docs/events.md tells what its data are.",
    "properties": {"id": TEXT, "event": TEXT, "data": TEXT, "retry": {"type": "integer"}},
}
SECURITY = {
    "session": {"type": "apiKey", "in": "cookie"},
    "token": {"type": "http", "scheme": "bearer", "description": "An API token, see docs/api-tokens.md."},
}
IN_PERSON = (NOT_HERE, "/api/me/password", "/api/me/sessions", "/api/me/tokens")
"""The prefixes of the addresses that API tokens cannot use."""
SENT: dict[str, Json] = {
    "ETag": {"description": "The ticket's version.", "required": True, "schema": {**TEXT, "pattern": '^"[0-9]+"$'}},
    "Link": {"description": "The next page, if any.", "schema": {**TEXT, "pattern": '^<[^>]+>; rel="next"$'}},
}


@blueprint.get("/openapi.json")
@answers("application/json", public=True)
def show() -> Any:
    """Describe the API."""
    kept: Json = current_app.extensions
    if "punt_openapi" not in kept:
        kept["punt_openapi"] = describe(current_app)
    return kept["punt_openapi"]


def describe(app: Flask) -> Json:
    """Describe everything that an app serves under ``/api``.

    :raises LookupError: naming every route that has no ``@answers``.
    """
    routes = _routes(app)
    schemas = _schemas(description for _, description in routes)
    paths: dict[str, Json] = {}
    for rule, description in routes:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            operation = _operation(app, rule, method, description, schemas)
            paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "PUNT", "version": "1", "description": "Live kanban boards. Streams: see docs/events.md."},
        "servers": [{"url": app.config["APPLICATION_ROOT"]}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _security(app)},
    }


def _security(app: Flask) -> Json:
    return SECURITY | {"session": {**SECURITY["session"], "name": app.config["SESSION_COOKIE_NAME"]}}


def _routes(app: Flask) -> list[tuple[Rule, Description]]:
    rules = sorted((rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")), key=lambda r: r.rule)
    found = [(rule, getattr(app.view_functions[rule.endpoint], "description", None)) for rule in rules]
    if missing := [rule.endpoint for rule, description in found if description is None]:
        raise LookupError(f"Write @answers(shapes.…, 201, body=…) above these views: {', '.join(missing)}")
    return [(rule, description) for rule, description in found if description]


def _operation(app: Flask, rule: Rule, method: str, description: Description, schemas: Json) -> Json:
    view = app.view_functions[rule.endpoint]
    operation: Json = {
        "operationId": rule.endpoint.removeprefix("api_"),
        "summary": (view.__doc__ or "").partition("\n")[0],
        "tags": [rule.endpoint.partition(".")[0].removeprefix("api_")],
        "parameters": _parameters(rule, method, description, schemas),
        "responses": _responses(rule, method, description),
    }
    if description.body:
        operation["requestBody"] = {"required": True, "content": _taken(description.body, schemas)}
    if not description.public:
        in_person = rule.rule.startswith(IN_PERSON)
        operation["security"] = [{name: []} for name in SECURITY if not (in_person and name == "token")]
    return operation


def _parameters(rule: Rule, method: str, description: Description, schemas: Json) -> list[Json]:
    names = description.headers if method in SAFE else ("X-Tab-Id", *description.headers)
    path = [{"in": "path", "name": name, "required": True, "schema": TEXT} for name in sorted(rule.arguments)]
    query = description.query
    if isinstance(query, type):
        query = {name: _asked(schema) for name, schema in schemas[query.__name__]["properties"].items()}
    asked = [{"in": "query", "name": name, "schema": schema} for name, schema in query.items()]
    return path + asked + [{"in": "header", "name": name, "schema": HEADERS[name]} for name in names]


def _asked(schema: Json) -> Json:
    """Describe a query: its parameters are never null but absent, and empty ones count as absent."""
    schema = {name: value for name, value in schema.items() if name != "default"}
    kinds = [kind for kind in schema.pop("anyOf", ()) if kind.get("type") != "null"]
    schema |= kinds[0] if kinds else {}
    if "format" in schema:
        return {**TEXT, "anyOf": [{"format": schema["format"]}, {"const": ""}]}
    if "pattern" not in schema or re.search(schema["pattern"], ""):
        return schema
    emptiable = {name: value for name, value in schema.items() if name != "minLength"}
    return emptiable | {"pattern": f"^$|{schema['pattern']}"}


def _responses(rule: Rule, method: str, description: Description) -> Json:
    statuses: dict[int, Any] = dict.fromkeys((400, 401, 429, 500, 503))  # 401, 429: a wrong token is wrong everywhere
    statuses |= {} if description.public else {403: None}
    statuses |= {403: None, 404: None} if rule.arguments else {}
    statuses |= {} if method in SAFE else {403: None, 408: None, 409: None, 413: None}
    statuses.update(description.also)
    found = {status: _response(status, shape or shapes.Error) for status, shape in statuses.items()}
    found[description.status] = _response(description.status, description.shape)
    if description.sends:
        found[description.status]["headers"] = {name: SENT[name] for name in description.sends}
    return {str(status): found[status] for status in sorted(found)}


def _response(status: int, shape: Any) -> Json:
    response: Json = {"description": HTTPStatus(status).phrase}
    if shape is not None:
        response["content"] = _content(shape)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["headers"] = {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 0}}}
    return response


def _taken(body: Any, schemas: Json) -> Json:
    if not isinstance(body, FormWithFile):
        return _content(body)
    fields = schemas[body.fields.__name__]
    properties = fields["properties"] | {body.file: {"type": "string", "format": "binary"}}
    schema = {"type": "object", "properties": properties, "required": [*fields.get("required", ()), body.file]}
    return {"multipart/form-data": {"schema": schema}}


def _content(shape: Any) -> Json:
    if isinstance(shape, str):
        return {shape: {"schema": MESSAGE if shape == STREAM else {}}}
    if inner := get_args(shape):
        return {"application/json": {"schema": {"type": "array", "items": _reference(inner[0])}}}
    return {"application/json": {"schema": _reference(shape)}}


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _schemas(descriptions: Iterable[Description]) -> Json:
    """Describe every model that a route mentions, and the models in it."""
    asked: set[Any] = set()
    answered: set[Any] = {shapes.Error}
    for each in descriptions:
        body = each.body.fields if isinstance(each.body, FormWithFile) else each.body
        asked |= {model for model in (body, each.query) if isinstance(model, type)}
        answered |= {model for model in (each.shape, *get_args(each.shape), *each.also.values()) if _is_model(model)}
    modes = [(model, "validation") for model in asked] + [(model, "serialization") for model in answered]
    ordered: Any = sorted(modes, key=lambda pair: pair[0].__name__)
    _, found = models_json_schema(ordered, ref_template=REFERENCE)
    return {name: _tidy(schema) for name, schema in sorted(found["$defs"].items())}


def _is_model(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)


def _tidy(schema: Json) -> Json:
    """Remove titles without information, and defaults that only mean "not given"."""
    for field in schema.get("properties", {}).values():
        field.pop("title", None)
        nullable = any(kind.get("type") == "null" for kind in field.get("anyOf", ()))
        if "default" in field and field["default"] is None and not nullable:
            del field["default"]
    return schema
