"""The sheet of children whose growth is to be looked at; it stays in the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, sentence, translator
from api.services.clock import local_date
from api.services.errors import Refused
from api.services.growth_tasks import growth_facts, growth_tasks
from api.services.report_tally import area_name

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.services.monitoring_sheets import Wanted

__all__ = ["growth_task_tables"]


def growth_task_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return every child to look at with its reasons, by code; the most urgent first.

    Raises
    ------
    Refused
        ``monitoring.inside`` where it would leave the office.
    """
    if wanted.is_public:
        raise Refused("monitoring.inside")
    say = translator(wanted.language)
    today = local_date(wanted.now)
    tasks = growth_tasks(session, today=today)
    facts = growth_facts(session, tasks=tasks, today=today)
    return (
        Table(
            title=say(N_("Anak yang perlu dilihat")),
            columns=(
                Column(say(N_("Anak"))),
                Column(say(N_("Sebab"))),
                Column(say(N_("Kelurahan"))),
                Column(say(N_("Posyandu"))),
                Column(say(N_("Bulan didampingi")), ColumnKind.COUNT),
                Column(say(N_("Diukur")), ColumnKind.DATE),
                Column(say(N_("TB/U")), ColumnKind.DECIMAL),
                Column(say(N_("BB/TB")), ColumnKind.DECIMAL),
                Column(say(N_("N/T/O/B"))),
            ),
            rows=tuple(
                (
                    task.code,
                    "; ".join(
                        sentence(f"review.{reason}", {}, wanted.language) for reason in task.reasons
                    ),
                    area_name(task.kelurahan_code, "kelurahan"),
                    task.posyandu,
                    *known,
                )
                for task, known in zip(tasks, facts, strict=True)
            ),
            source=say(N_("Asuh, pengukuran dan tinjauan")),
            as_of=today,
        ),
    )
