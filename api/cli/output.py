"""What every command says and how: refusals, machine-readable answers, progress."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import click

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and a short note."""

LINE_EVERY_S = 5


def refuse(sentence: str, *, as_json: bool = False, code: str = "refused") -> NoReturn:
    """Say why not on standard error (or as JSON on standard output) and exit with 1."""
    if as_json:
        click.echo(json.dumps({"refused": code, "sentence": sentence}, ensure_ascii=False))
    else:
        click.echo(sentence, err=True)
    sys.exit(1)


def refusal_text(code: str, params: Mapping[str, object], language: str) -> str:
    """Return the sentence of a refusal, and for a question about dates how to answer it here."""
    from api.i18n import sentence

    text = sentence(code, params, language)
    if code != "intake.date_order":
        return text
    examples = params.get("examples")
    shown = [
        sentence("cli.date_example", {"text": text, "dmy": dmy, "mdy": mdy}, language)
        for text, dmy, mdy in (examples[:2] if isinstance(examples, list) else ())
    ]
    return "\n".join([text, *shown, sentence("cli.date_order", {}, language)])


def answer(value: object, *, as_json: bool, text: str) -> None:
    """Print a result: as one JSON document, or as text for a person."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))
    else:
        click.echo(text)


@contextmanager
def progress_bar(label: str, *, shown: bool = True) -> Iterator[Progress]:
    """Give a function that draws progress on a terminal, and elsewhere writes it line by line.

    A line every `LINE_EVERY_S` seconds on standard error: short work stays silent in a log, and
    long work shows that it goes on. A line that says the same as the one before is left out.
    """
    if not shown:
        yield lambda _share, _note: None
        return
    if not sys.stderr.isatty():
        yield _lines(label)
        return
    with click.progressbar(
        length=1000, label=label, file=sys.stderr, item_show_func=lambda note: note
    ) as bar:

        def show(share: float, note: str) -> None:
            step = int(share * 1000) - bar.pos
            if step > 0:
                bar.update(step, note)

        yield show
        show(1.0, "")


def _lines(label: str) -> Progress:
    last, most, written = time.monotonic(), 0.0, ""

    def write(share: float, note: str) -> None:
        """Write how far it is; a search that begins anew does not go back."""
        nonlocal last, most, written
        most = max(most, share)
        line = f"{label}: {most:.0%} {note}".rstrip()
        if time.monotonic() - last >= LINE_EVERY_S and line != written:
            last, written = time.monotonic(), line
            click.echo(line, err=True)

    return write


def in_words(progress: Progress, language: str) -> Progress:
    """Return a progress whose notes, where they are steps or goals, are words of the language.

    A whole number is what the routes cost so far, in rupiah.
    """
    from api.i18n import all_sentences, sentence

    def told(share: float, note: str) -> None:
        if note.isdigit():
            progress(share, sentence("run.step.cost", {"cost": int(note)}, language))
            return
        if note.startswith("kept."):
            place = int(note.removeprefix("kept.")) + 1
            progress(share, sentence("job.step_kept", {"place": place}, language))
            return
        codes = (f"run.step.{note}", f"level.{note}", f"word.level_{note}", f"word.{note}", note)
        found = next((code for code in codes if code in all_sentences()), None)
        progress(share, sentence(found, {}, language) if found else note)

    return told


@contextmanager
def interruptible(language: str) -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether Ctrl-C was pressed; the second press ends the program."""
    from api.i18n import sentence

    pressed: list[bool] = []

    def press(_signal: int, _frame: object) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(True)
        click.echo(sentence("cli.interrupted", {}, language), err=True)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)
