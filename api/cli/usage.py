"""In which language the command line tells how it is used: help, and what is wrong with a line.

Indonesian where the line says ``--language id`` or the machine's own language is Indonesian, else
English. What a command answers follows its ``--language`` alone.
"""

from __future__ import annotations

import copy
import os
from gettext import gettext, ngettext
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SPEAKING = (core, decorators, exceptions, formatting, parser, termui, types)
"""Modules of click that say something."""
EXAMPLE, CONTOH = "Example: ", "Contoh: "
Command = TypeVar("Command", bound=click.Command)
_words: dict[str, str] = {}
"""English → the language that is spoken now; empty where that is English."""


def usage_language(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """Return the reader's language: as the line says, else as the machine is set."""
    for number, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--language":
            told = value or "".join(arguments[number + 1 : number + 2])
            if told in ("id", "en"):
                return told
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    machine = next((environment[name] for name in names if environment.get(name)), "")
    return "id" if machine.split("_")[0] == "id" else "en"


def speak(language: str) -> None:
    """Let click say what it says in a language, for every line from now on."""
    from api.cli.indonesian import CLICK, OURS

    is_english = language == "en"
    _words.clear()
    _words.update({} if is_english else CLICK | OURS)

    def say(text: str) -> str:
        return _words.get(text, text)

    def say_many(one: str, more: str, number: int) -> str:
        return say(one if number == 1 else more)

    for module in SPEAKING:
        words = vars(module)
        if "_" in words:
            words["_"] = gettext if is_english else say
        if "ngettext" in words:
            words["ngettext"] = ngettext if is_english else say_many


def spoken(text: str, /, **values: object) -> str:
    """Return one of our English texts in the language that is spoken, with its values."""
    return _words.get(text, text).format(**values)


def wrong_usage(text: str) -> click.UsageError:
    """Return what is wrong with a line, in the language that is spoken."""
    return click.UsageError(spoken(text))


def in_language(command: Command, language: str) -> Command:
    """Return a command whose help is in a language."""
    if language == "en":
        return command
    twin: Any = copy.copy(command)
    twin.help = _told(command.help)
    twin.short_help = _told(command.short_help)
    twin.epilog = (command.epilog or "").replace(EXAMPLE, CONTOH) or None
    twin.params = [_option(each) for each in command.params]
    if isinstance(command, click.Group):
        twin.commands = {
            name: in_language(each, language) for name, each in command.commands.items()
        }
    return twin  # type: ignore[no-any-return]


def _option(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option):
        return parameter
    twin = copy.copy(parameter)
    twin.help = _told(parameter.help)
    return twin


def _told(text: str | None) -> str | None:
    """Return a help text in Indonesian, paragraph by paragraph."""
    if not text:
        return text
    paragraphs = (" ".join(each.split()) for each in cleandoc(text).split("\n\n"))
    return "\n\n".join(_words.get(each, each) for each in paragraphs)
