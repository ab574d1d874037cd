"""``flask demo``: placeholder until the sample exists."""

from __future__ import annotations

import click
from flask.cli import with_appcontext


@click.command("demo")
@with_appcontext
def command() -> None:
    """Load a believable sample."""
