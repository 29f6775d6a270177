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
    from collections.abc import Sequence

    from sqlmodel import Session

    from api.services.monitoring_sheets import Wanted

__all__ = ["FIGURES", "VISITS", "supervision_tables"]

SOURCE = N_("Asuh, catatan pengawasan")
VISITS = "/monev/pengawasan"
"""Where pages show visits, each under its number."""
FIGURES = frozenset({"visit_in_order", "visit_not_in_order", "finding_days_late"})
"""What the tables tell of a visit, which has the items and findings behind it."""


def supervision_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return visits and findings, the newest first; nothing where it leaves the office."""
    if wanted.is_public:
        return ()
    visits = session.exec(select(SupervisionVisit).order_by(col(SupervisionVisit.id).desc())).all()
    rows = select(SupervisionFinding).order_by(col(SupervisionFinding.id).desc())
    return _visits(visits, wanted), _findings(session.exec(rows).all(), visits, wanted)


def _visits(visits: Sequence[SupervisionVisit], wanted: Wanted) -> Table:
    say = translator(wanted.language)
    return Table(
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
                _place(visit),
                sentence(f"visit.{visit.state.value}", {}, wanted.language),
                visit.planned_on,
                visit.visited_on,
                visit.visitor,
                "; ".join(sentence(f"sign.{sign}", {}, wanted.language) for sign in visit.reasons),
                sum(visit.checklist.values()),
                sum(not each for each in visit.checklist.values()),
            )
            for visit in visits
        ),
        source=say(SOURCE),
        as_of=local_date(wanted.now),
        openings=tuple(f"{VISITS}/{visit.id}" for visit in visits),
        behind=tuple(f"{VISITS}/{visit.id}" for visit in visits),
    )


def _findings(
    findings: Sequence[SupervisionFinding], visits: Sequence[SupervisionVisit], wanted: Wanted
) -> Table:
    say, today = translator(wanted.language), local_date(wanted.now)
    place_of = {visit.id: _place(visit) for visit in visits}

    def typed(text: str) -> str:
        return text if wanted.shows_texts or not text else HIDDEN

    return Table(
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
                place_of[each.visit_id],
                typed(each.text),
                typed(each.action),
                each.owner,
                each.due_on,
                sentence(f"finding.{each.state.value}", {}, wanted.language),
                max(0, (today - each.due_on).days) if each.state.value == "open" else None,
                typed(each.answer),
            )
            for each in findings
        ),
        source=say(SOURCE),
        as_of=today,
        openings=tuple(f"{VISITS}/{each.visit_id}" for each in findings),
        behind=tuple(f"{VISITS}/{each.visit_id}" for each in findings),
    )


def _place(visit: SupervisionVisit) -> str:
    return " · ".join(filter(None, (visit.posyandu, area_name(visit.kelurahan_code, "kelurahan"))))
