"""What the log may say of a failure: where and of which kind, never what people wrote.

An exception's message often quotes the value that it failed on: a name, a phone number. The log
keeps the frames and the class; a message only of the store's (which :mod:`data.engine` has
cleared of values) and of the operating system's.
"""

import logging
import traceback

from sqlalchemy.exc import SQLAlchemyError

__all__ = ["guard_logs", "told_safely"]

LOGGERS = ("asuh", "asuh.jobs", "asuh.worker", "uvicorn.error")
TOLD = (SQLAlchemyError, OSError)


def guard_logs() -> None:
    """Let our loggers and the server's tell failures safely; again does nothing more."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_without_messages)


def told_safely(error: BaseException) -> str:
    """Return an exception and those that led to it as frames and classes."""
    told: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kind = f"{type(current).__module__}.{type(current).__qualname__}"
        message = f": {current}" if isinstance(current, TOLD) else ""
        frames = "".join(traceback.format_tb(current.__traceback__))
        told.append(f"{frames}{kind}{message}")
        hidden = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or hidden
    return "\n\nled to\n\n".join(reversed(told))


def _without_messages(record: logging.LogRecord) -> bool:
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        record.exc_text, record.exc_info = told_safely(record.exc_info[1]), None
    return True
