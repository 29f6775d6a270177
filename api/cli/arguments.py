"""Kinds of arguments that several commands take; what does not fit is wrong usage (exit code 2)."""

from __future__ import annotations

import re
from datetime import date

import click

from api.cli.usage import spoken

LANGUAGE = click.option(
    "--language",
    type=click.Choice(["id", "en"]),
    default="id",
    show_default=True,
    help="Of the answer and of what went wrong.",
)
USERNAME_FORM = re.compile(r"[\w.@-]{1,80}")
MONTH_FORM = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class MonthType(click.ParamType[str]):
    """A month, as ``2026-12``."""

    name = "month"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return a month as it was given."""
        text = str(value)
        if not MONTH_FORM.fullmatch(text):
            self.fail(spoken("{text!r}: write a month as 2026-12", text=text), param, ctx)
        return text


class DayType(click.ParamType[str]):
    """A day, as ``2026-12-01``."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return a day as it was given; a blank one stays blank."""
        text = str(value)
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError:
            self.fail(spoken("{text!r}: write a day as 2026-12-01", text=text), param, ctx)


class UsernameType(click.ParamType[str]):
    """A user name: letters, digits and ``. _ - @``."""

    name = "username"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return a user name as it was given."""
        text = str(value)
        if not USERNAME_FORM.fullmatch(text):
            self.fail(spoken("{text!r}: letters, digits and . _ - @ only", text=text), param, ctx)
        return text


MONTH = MonthType()
DAY = DayType()
USERNAME = UsernameType()
SEED = click.IntRange(0, 2**31 - 1)
"""Seeds that every engine takes."""
SECONDS = click.FloatRange(min=0, min_open=True)
