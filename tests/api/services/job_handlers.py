"""Small handlers for the tests of jobs."""

from time import sleep

from sqlalchemy import text

from api.services.errors import Refused
from api.services.jobs import JobContext

KINDS = {
    name: f"tests.api.services.job_handlers:{name}"
    for name in ("deposit", "answer", "refuse", "give_up", "break_down", "wait", "deaf")
}


def deposit(context: JobContext) -> None:
    context.progress(0.5, {"step": "half"})
    sleep(context.payload.get("seconds", 0))
    with context.transaction({"deposited": 1}) as session:
        session.execute(text("UPDATE stockitem SET on_hand = on_hand + 1"))


def answer(context: JobContext) -> dict[str, object]:
    with context.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"by": context.username, "n": context.payload["n"]}


def refuse(context: JobContext) -> None:
    raise Refused("job.over", n=context.payload["n"])


def give_up(context: JobContext) -> None:
    raise Refused("matching.cancelled", month=f"2026-{context.payload['n'] + 1:02d}")


def break_down(context: JobContext) -> None:
    raise RuntimeError("no such thing")


def wait(context: JobContext) -> None:
    for step in range(2000):
        context.progress(step / 2000)
        context.check()
        sleep(0.01)


def deaf(context: JobContext) -> None:
    sleep(60)
