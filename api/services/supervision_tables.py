"""The sheet of supervision: visits and what was found; it stays in the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, sentence, translator
from api.security import HIDDEN
from api.services.clock import local_date
from api.services.report_counts import area_name
from data.schema import SupervisionFinding, SupervisionVisit

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.services.monitoring_sheets import Wanted

__all__ = ["VISITS", "supervision_tables"]

VISITS = "/monev/pengawasan"
"""Where pages show visits, each under its number."""


def supervision_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return visits and findings, the newest first; nothing where it leaves the office."""
    if wanted.is_public:
        return ()
    say = translator(wanted.language)
    today = local_date(wanted.now)
    visits = list(session.exec(select(SupervisionVisit).order_by(col(SupervisionVisit.id).desc())))
    by_id = {visit.id: visit for visit in visits}
    findings = session.exec(
        select(SupervisionFinding).order_by(col(SupervisionFinding.id).desc())
    ).all()

    def place(visit: SupervisionVisit) -> str:
        return " · ".join(
            filter(None, (visit.posyandu, area_name(visit.kelurahan_code, "kelurahan")))
        )

    def word(code: str) -> str:
        return sentence(code, {}, wanted.language)

    def typed(text: str) -> str:
        return text if wanted.shows_texts or not text else HIDDEN

    source = say(N_("Asuh, catatan pengawasan"))
    return (
        Table(
            title=say(N_("Kunjungan")),
            columns=(
                Column(say(N_("Tempat"))),
                Column(say(N_("Keadaan"))),
                Column(say(N_("Rencana")), ColumnKind.DATE),
                Column(say(N_("Dikunjungi")), ColumnKind.DATE),
                Column(say(N_("Pengunjung"))),
                Column(say(N_("Sebab"))),
                Column(say(N_("Sesuai")), ColumnKind.COUNT, "visit_in_order"),
                Column(say(N_("Tidak sesuai")), ColumnKind.COUNT, "visit_not_in_order"),
            ),
            rows=tuple(
                (
                    place(visit),
                    word(f"visit.{visit.state.value}"),
                    visit.planned_on,
                    visit.visited_on,
                    visit.visitor,
                    "; ".join(word(f"sign.{sign}") for sign in visit.reasons),
                    sum(visit.checklist.values()),
                    sum(not each for each in visit.checklist.values()),
                )
                for visit in visits
            ),
            source=source,
            as_of=today,
            openings=tuple(f"{VISITS}/{visit.id}" for visit in visits),
        ),
        Table(
            title=say(N_("Temuan")),
            columns=(
                Column(say(N_("Tempat"))),
                Column(say(N_("Temuan"))),
                Column(say(N_("Tindakan"))),
                Column(say(N_("Penanggung jawab"))),
                Column(say(N_("Tenggat")), ColumnKind.DATE),
                Column(say(N_("Keadaan"))),
                Column(say(N_("Hari lewat tenggat")), ColumnKind.COUNT, "finding_days_late"),
                Column(say(N_("Jawaban"))),
            ),
            rows=tuple(
                (
                    place(by_id[each.visit_id]),
                    typed(each.text),
                    typed(each.action),
                    each.owner,
                    each.due_on,
                    word(f"finding.{each.state.value}"),
                    max(0, (today - each.due_on).days) if each.state.value == "open" else None,
                    typed(each.answer),
                )
                for each in findings
            ),
            source=source,
            as_of=today,
            openings=tuple(f"{VISITS}/{each.visit_id}" for each in findings),
        ),
    )
