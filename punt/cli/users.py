"""``flask user``: people, from the shell."""

from __future__ import annotations

import sys

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError

from punt.database import db, writing
from punt.errors import Problem
from punt.heavy.passwords import hash_password
from punt.inputs.base import invalid
from punt.inputs.people import NewPassword, Setup
from punt.models import User, UserSession

group = AppGroup("user", help="People.")


@group.command()
@click.argument("username", metavar="NAME")
@click.option("--admin", is_flag=True, help="Make a system admin.")
@click.option("--name", help="The name shown to others; default: the user name.")
@click.option("--email", help="An email address, also good for signing in.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def create(username: str, admin: bool, name: str | None, email: str | None, password_stdin: bool) -> None:
    """Add a person."""
    fields = {"username": username, "name": name or username, "password": _password(password_stdin)}
    try:
        asked = Setup.model_validate(fields | ({"email": email} if email else {}))
        password_hash = hash_password(asked.password)
        with writing():
            User.enrol(
                username=asked.username,
                name=asked.name,
                email=asked.email,
                password_hash=password_hash,
                is_admin=admin,
            )
    except ValidationError as error:
        raise click.ClickException(invalid(error).message) from None
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    except IntegrityError:  # somebody else took it at this very moment
        raise click.ClickException("This username or email is taken.") from None
    click.echo(f"{asked.username} can sign in now{' and is a system admin' if admin else ''}.")


@group.command()
@click.argument("username", metavar="NAME")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def password(username: str, password_stdin: bool) -> None:
    """Set a person's password; they are signed out everywhere."""
    person = User.named(username)
    if person is None:
        raise click.ClickException(f"There is nobody called {username}.")
    user_id = person.id
    db.session.remove()
    try:
        new = TypeAdapter(NewPassword).validate_python(_password(password_stdin))
    except ValidationError as error:
        raise click.ClickException(f"password: {invalid(error).details[0].message}") from None
    password_hash = hash_password(new)
    with writing():
        person = db.session.get_one(User, user_id)
        person.password_hash = password_hash
        UserSession.end_all(person)
    click.echo(f"{person.username} has a new password and is signed out everywhere.")


@group.command("list")
def list_() -> None:
    """List everybody."""
    for person in db.session.scalars(sa.select(User).order_by(User.username_key)):
        marks = [mark for mark, on in (("admin", person.is_admin), ("disabled", not person.is_active)) if on]
        click.echo("\t".join((person.username, person.name, person.email or "-", ", ".join(marks) or "-")))


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
