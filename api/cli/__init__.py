"""The command line ``asuh``: others script against it (exit 0 done, 1 refused, 2 wrong usage)."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from api.cli.usage import in_language, speak, usage_language

COMMANDS: dict[str, str] = {
    "serve": "api.cli.serve",
    "sample": "api.cli.sample",
    "run": "api.cli.run",
    "import": "api.cli.intake",
    "cycle": "api.cli.cycle",
    "match": "api.cli.match",
    "explain": "api.cli.explain",
    "route": "api.cli.route",
    "roads": "api.cli.roads",
    "check": "api.cli.check",
    "zscores": "api.cli.zscores",
    "user": "api.cli.user",
    "migrate": "api.cli.operations:migrate",
    "backup": "api.cli.operations:backup",
    "restore": "api.cli.operations:restore",
    "doctor": "api.cli.operations:doctor",
}
"""Command → module (its ``command``) or ``module:attribute``; loaded when it is called."""


class LazyCommands(click.Group):
    """A group that imports a command's module only when that command is asked for."""

    language = "en"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute or "command")
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        return in_language(command, self.language)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        """Run a line in the language of who typed it."""
        line = sys.argv[1:] if args is None else list(args)
        language = usage_language(line)
        speak(language)
        told = in_language(self, language)
        told.language = language
        return super(LazyCommands, told).main(line, *rest, **more)


@click.command(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="asuh")
def main() -> None:
    """Match stunted children with sponsors, plan the packages' way, record what arrived.

    Exit code 0: done. 1: refused, with a sentence that says why. 2: wrong usage.
    """
