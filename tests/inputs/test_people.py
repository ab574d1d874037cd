"""Inputs about people."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from punt.inputs.people import Email, NewPassword, Setup, Username

USERNAME: TypeAdapter[str] = TypeAdapter(Username)
EMAIL: TypeAdapter[str] = TypeAdapter(Email)
PASSWORD: TypeAdapter[str] = TypeAdapter(NewPassword)


@pytest.mark.parametrize("name", ["bob", "B-o_b9", "---", "x" * 30])
def test_a_user_name_is_3_to_30_plain_characters(name: str) -> None:
    assert USERNAME.validate_python(name) == name


@pytest.mark.parametrize("name", ["", "ab", "x" * 31, "a b", "a.b", "böb", "bob\n", "bob ", "a@b", "٣٣٣"])
def test_anything_else_is_no_user_name(name: str) -> None:
    with pytest.raises(ValidationError):
        USERNAME.validate_python(name)


@pytest.mark.parametrize("email", ["a@b", "a.b+c@d-e.example", "ä@ö.example", "a@[127", "x" * 64 + "@b.c"])
def test_an_email_is_judged_by_its_form_alone(email: str) -> None:
    assert EMAIL.validate_python(email) == email


def test_an_email_is_kept_in_small_letters() -> None:
    assert EMAIL.validate_python(" Bob@Example.ORG ") == "bob@example.org"


def test_an_email_is_kept_composed() -> None:
    assert EMAIL.validate_python("ZOE\u0308@example.org") == "zoë@example.org"


@pytest.mark.parametrize(
    "email", ["", "@", "a@", "@b", "a b@c", "a@b@c", "a@.b", "a@b.", "a@b..c", "a@b\n.c", "a\u200b@b", "a@" + "İ" * 240]
)
def test_what_cannot_be_an_email_is_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        EMAIL.validate_python(email)


@pytest.mark.parametrize("password", ["correct horse", " spaces count ", "пароль-длинный", "\0" * 3 + "abcdefghijk"])
def test_a_password_may_be_anything_long(password: str) -> None:
    assert PASSWORD.validate_python(password) == password


@pytest.mark.parametrize(
    "password", ["short words", "123456789012", "Password1234", "PASSWORD1234", "aaaaaaaaaaaaaaaa", "abababababab"]
)
def test_a_short_or_common_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        PASSWORD.validate_python(password)


def test_a_refused_password_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        Setup.model_validate({"username": "eve", "name": "Eve", "password": "hunter2"})

    assert "hunter2" not in str(caught.value.errors(include_input=False, include_url=False))
