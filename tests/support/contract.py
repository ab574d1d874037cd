"""A client that compares every response of the API with the API's own description."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, ClassVar

from flask import Flask
from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from punt.api.openapi import SENT, describe


class Checked(FlaskClient):
    """Fails a test whose response is not as described: its status, content type and fields, the headers of a 429."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        answer = super().open(*args, **options)
        if answer.request.path.startswith("/api/"):
            Contract.of(self.application).judge(answer)
        return answer


class Contract:
    """The description of an app's API."""

    _made: ClassVar[dict[frozenset[Any], Contract]] = {}

    def __init__(self, app: Flask) -> None:
        try:
            self._description = describe(app)
        except LookupError:  # a test of its own says so, and what to write
            self._description = {"paths": {}, "components": {}}
        self._addresses = app.url_map.bind("localhost")
        self._validator = cache(self._make_validator)

    @classmethod
    def of(cls, app: Flask) -> Contract:
        """Return the description of an app's API, made once for all apps with the same one."""
        if "contract" not in app.extensions:
            rules = (rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/"))
            views = frozenset((rule.rule, app.view_functions[rule.endpoint]) for rule in rules)
            app.extensions["contract"] = cls._made.get(views) or cls._made.setdefault(views, cls(app))
        contract: Contract = app.extensions["contract"]
        return contract

    def judge(self, answer: TestResponse) -> None:
        """Compare a response with its description.

        :raises AssertionError: saying what to write where.
        """
        operation, name = self._operation(answer)
        if operation is None:
            return
        said = operation["responses"].get(str(answer.status_code))
        assert said, f"{name} answered {answer.status_code}: add it to `also=` of its @answers in punt/api"
        headers = said.get("headers", {})
        for header in headers:
            told = header in answer.headers or not headers[header].get("required")
            assert told, f"{name}: its {answer.status_code} lacks {header}"
        for header in SENT:
            told = header in headers or header not in answer.headers
            assert told, f"{name} sends {header}: add it to `sends=` of its @answers in punt/api"
        kinds = said.get("content", {})
        if answer.request.method != "HEAD":
            assert {answer.mimetype} == kinds.keys() if kinds else not answer.data, f"{name}: {answer.mimetype}"
        if answer.mimetype == "application/json" and answer.request.method != "HEAD":
            self._judge_fields(name, answer)

    def _judge_fields(self, name: str, answer: TestResponse) -> None:
        path, method = name.split()
        validator = self._validator(path, method, str(answer.status_code))
        wrong = [
            f"{'.'.join(map(str, each.instance_path))}: {each.message}" for each in validator.iter_errors(answer.json)
        ]
        assert not wrong, f"{name} {answer.status_code} is not as punt/api/shapes.py says: {wrong[:3]}"

    def _operation(self, answer: TestResponse) -> tuple[Any, str]:
        method = answer.request.method.replace("HEAD", "GET")
        try:
            rule, _ = self._addresses.match(answer.request.path, method, return_rule=True)
        except (HTTPException, RequestRedirect):
            return None, ""
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        return self._description["paths"].get(path, {}).get(method.lower()), f"{path} {method.lower()}"

    def _make_validator(self, path: str, method: str, status: str) -> Draft202012Validator:
        content = self._description["paths"][path][method]["responses"][status]["content"]
        schema = content["application/json"]["schema"] | {"components": self._description["components"]}
        return Draft202012Validator(schema, validate_formats=True)
