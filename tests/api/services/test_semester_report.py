"""The semester report: added up from closed months, hidden as they are, the same byte for byte."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from api.documents.report_models import Cell, ColumnKind, Table
from api.services import report_differences, semester, semester_report
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.kept_figures import digest_of
from api.services.pillars import pillar_texts, write_pillar
from api.services.public_report import hidden_in_report
from api.services.report_differences import changed_in_semester, export_semester_differences
from api.services.report_versions import figures_of_months
from api.services.semester_tables import semester_tables
from data.schema import AuditEntry, Cycle, CycleState, ReportVersion, Role
from tests.factories import NOW, make_account

pytestmark = pytest.mark.stores("sqlite")

AREAS = {"19.71.04.1001": 40, "19.71.04.1002": 20, "19.71.06.1001": 30}
"""Pintu Air and Bintang (Rangkui), Selindung (Gabek)."""


def month(session: Session, name: str, *, failed: int = 6, eligible: int = 0) -> None:
    """A closed month with a report: all eligible are served and few packages fail in Selindung."""
    cycle = Cycle(city_code="19.71", month=name, state=CycleState.CLOSED, updated_at=NOW)
    session.add(cycle)
    session.flush()
    rows = {}
    for code, count in AREAS.items():
        bad = failed if code == "19.71.06.1001" else 6
        rows[code] = {
            "target_registered": count + eligible, "target_eligible": count + eligible,
            "matching_matched": count + eligible, "target_new": 5, "delivery_planned": count,
            "delivery_delivered": count - bad, "delivery_failed": bad,
        }  # fmt: skip
    figures: dict[str, object] = {
        "areas": rows, "city": {}, "unmatched_reasons": {}, "failure_reasons": {}, "sponsors": [],
        "growth": {level: {} for level in ("kelurahan", "kecamatan", "city")},
    }  # fmt: skip
    version = ReportVersion(
        cycle_id=cycle.id or 0, number=1, figures=figures, digest=digest_of(figures), by="x",
        at=NOW + timedelta(days=int(name[5:])),
    )  # fmt: skip
    session.add(version)
    session.flush()


def tables(session: Session, *, is_public: bool = False) -> dict[str, Table]:
    found = semester.read_semester(session, code="2026-2", is_public=is_public)
    return {table.title: table for table in semester_tables(found)}


def row(table: Table, name: str) -> dict[str, Cell]:
    codes = [column.indicator or column.name for column in table.columns]
    found = next(each for each in [*table.rows, table.total or ()] if each and each[0] == name)
    return dict(zip(codes, found, strict=True))


def test_moments_are_the_last_months_and_happenings_are_added_up(session: Session) -> None:
    month(session, "2026-06")
    month(session, "2026-07")
    month(session, "2026-12", eligible=1)
    found = tables(session)
    rangkui = row(found["Sasaran menurut kecamatan"], "Rangkui")
    assert (rangkui["target_eligible"], rangkui["target_new"]) == (62, 20)
    city = row(found["Penyaluran dan gizi menurut kecamatan"], "Jumlah")
    assert (city["delivery_planned"], city["delivery_delivered"]) == (180, 144)
    blocks = {str(each[0]): each[2] for each in found["Blok 1A (spesifik) dan 1B (sensitif)"].rows}
    assert (blocks["1B.10"], blocks["1B.7"], blocks["1A.8"]) == (144, 93, None)
    trend = found["Perkembangan kota, bulan demi bulan"].rows
    assert [each[2] for each in trend] == [90, 93]
    assert len(found["Sumber: laporan bulanan yang dipakai"].rows) == 2


def test_what_one_public_month_hides_no_sum_shows(session: Session) -> None:
    month(session, "2026-07")
    month(session, "2026-08", failed=2)
    inside, outside = tables(session), tables(session, is_public=True)
    title = "Penyaluran dan gizi menurut kecamatan"
    assert row(inside[title], "Rangkui")["delivery_failed"] == 24
    assert row(outside[title], "Gabek")["delivery_failed"] == "*"
    shown = {
        (name, code): value
        for name in ("Rangkui", "Gabek", "Jumlah")
        for code, value in row(outside[title], name).items()
    }
    cycles = session.exec(select(Cycle).order_by(Cycle.month)).all()
    hidden = {
        (area or "Jumlah", code)
        for _, figures in figures_of_months(session, cycles=cycles)
        for level, area, code in hidden_in_report(session, figures)
        if level != "kelurahan"
    }
    assert {key for key, value in shown.items() if value == "*"} == hidden & shown.keys()
    assert hidden


def test_the_same_versions_give_the_same_bytes_whoever_prints_when(session: Session) -> None:
    month(session, "2026-07")
    month(session, "2026-08", failed=2)
    made = [
        semester_report.export_semester(
            session, code="2026-2", file_format=kind, by=make_account(session, role),
            now=NOW + timedelta(days=days), purpose="arsip",
        ).content
        for kind in ("pdf", "xlsx")
        for role, days in ((Role.STAFF, 0), (Role.AUDITOR, 400))
    ]  # fmt: skip
    assert made[0] == made[1]
    assert made[2] == made[3]
    assert made[0].startswith(b"%PDF")
    trail = session.exec(select(AuditEntry).where(AuditEntry.action == "semester:export")).all()
    assert len(trail) == 4


def test_a_corrected_month_changes_the_digest(session: Session) -> None:
    month(session, "2026-07")
    before = semester.read_semester(session, code="2026-2", is_public=False).digest
    version = session.exec(select(ReportVersion)).one()
    session.add(
        ReportVersion(
            cycle_id=version.cycle_id, number=2, figures=version.figures, digest="2" * 8, by="x",
            at=NOW + timedelta(days=40),
        )
    )  # fmt: skip
    session.flush()
    after = semester.read_semester(session, code="2026-2", is_public=False)
    assert after.digest != before
    assert after.missing == ("2026-08", "2026-09", "2026-10", "2026-11", "2026-12")


def corrected(session: Session, month_name: str, **figures: int) -> None:
    """A second version of a month, in which figures of Pintu Air are others."""
    cycle = session.exec(select(Cycle).where(Cycle.month == month_name)).one()
    first = session.exec(select(ReportVersion).where(ReportVersion.cycle_id == cycle.id)).one()
    areas: dict[str, dict[str, int]] = first.figures["areas"]  # type: ignore[assignment]
    content = {
        **first.figures,
        "areas": areas | {"19.71.04.1001": areas["19.71.04.1001"] | figures},
    }
    session.add(
        ReportVersion(
            cycle_id=cycle.id or 0, number=2, figures=content, digest=digest_of(content), by="y",
            at=NOW + timedelta(days=60), reason="Keluarga menelepon",
        )
    )  # fmt: skip
    session.flush()


def test_versions_of_a_half_year_are_kept_and_told_apart(session: Session) -> None:
    month(session, "2026-07")
    month(session, "2026-08")
    corrected(session, "2026-07", delivery_delivered=33, delivery_partial=1)
    staff = make_account(session)
    write_pillar(
        session, semester="2026-2", pillar=2, text="Kelas ibu", by=staff,
        now=NOW + timedelta(days=61),
    )  # fmt: skip
    versions = semester.semester_versions(session, code="2026-2")
    assert [(each.number, each.month, each.version, each.pillar) for each in versions] == [
        (1, "2026-07", 1, 0), (2, "2026-08", 1, 0), (3, "2026-07", 2, 0), (4, "", 0, 2),
    ]  # fmt: skip

    def read(number: int | None = None) -> semester.Semester:
        return semester.read_semester(session, code="2026-2", is_public=False, number=number)

    assert read().digest == read(4).digest
    assert len({read(number).digest for number in (1, 2, 3, 4)}) == 4
    assert read(1).missing[0] == "2026-08"
    # The report as it was stays as it was, whatever is known by now.
    old = {table.title: table for table in semester_tables(read(2))}
    assert row(old["Penyaluran dan gizi menurut kecamatan"], "Jumlah")["delivery_delivered"] == 144
    changed = {
        (each.place, each.name): (each.before, each.after, each.change)
        for each in changed_in_semester(read(2), read(4))
    }
    by_area = "Penyaluran dan gizi menurut kecamatan"
    assert changed[f"{by_area} · Rangkui", "Paket diterima"] == (96, 95, -1)
    assert changed[f"{by_area} · Jumlah", "Paket diterima sebagian"] == (0, 1, 1)
    assert (f"{by_area} · Gabek", "Paket diterima") not in changed
    (text,) = (
        told for (place, _), told in changed.items() if place.startswith("Lima pilar: uraian · 2.")
    )
    assert text[1:] == ("Kelas ibu", None)
    assert changed_in_semester(read(3), read(3)) == ()
    with pytest.raises(NotFound, match=r"report\.version"):
        read(5)


def test_differences_of_a_half_year_stand_in_the_order_of_its_tables(session: Session) -> None:
    """Not in that of hashes, which differs from one start of the program to the next."""
    month(session, "2026-07")
    month(session, "2026-08")
    old, new = (
        semester.read_semester(session, code="2026-2", is_public=False, number=number)
        for number in (1, 2)
    )
    august = [
        each.name for each in changed_in_semester(old, new) if each.place.endswith("Agustus 2026")
    ]
    heads = [
        column.name
        for table in semester_tables(new)
        if any("Agustus 2026" in map(str, line) for line in table.rows)
        for column in table.columns
    ]
    assert len(august) > 3
    assert august == [head for head in heads if head in august]


def test_rows_of_the_same_words_are_compared_one_by_one(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    month(session, "2026-07")
    found = semester.read_semester(session, code="2026-2", is_public=False)
    given = semester_tables(found)
    table = next(each for each in given if ColumnKind.COUNT in {c.kind for c in each.columns})
    row = table.rows[0]
    later = (*row[:-1], "lain")
    told = iter([(given[0], replace(table, rows=(row, row))),
                 (given[0], replace(table, rows=(row, later)))])  # fmt: skip
    monkeypatch.setattr(report_differences, "semester_tables", lambda *_given, **_named: next(told))
    (change,) = changed_in_semester(found, found)
    assert (change.before, change.after) == (row[-1], "lain")
    assert change.place.endswith(" (2)")


def test_differences_of_a_half_year_are_printed_the_same_whoever_prints_when(
    session: Session,
) -> None:
    month(session, "2026-07")
    month(session, "2026-08")
    corrected(session, "2026-07", delivery_delivered=33, delivery_partial=1)
    made = [
        export_semester_differences(
            session, code="2026-2", before=2, after=3, file_format=kind,
            by=make_account(session, role), now=NOW + timedelta(days=days), purpose="arsip",
        )
        for kind in ("pdf", "xlsx")
        for role, days in ((Role.STAFF, 90), (Role.AUDITOR, 400))
    ]  # fmt: skip
    assert made[0].content == made[1].content
    assert made[2].content == made[3].content
    assert made[0].file_name == "perbedaan-semester-2026-2-v2-v3.pdf"
    noted = session.exec(select(AuditEntry).where(AuditEntry.action == "semester:differences"))
    hashes = [
        semester.read_semester(session, code="2026-2", is_public=False, number=number).digest
        for number in (2, 3)
    ]
    assert [list((each.after or {}).values())[1:] for each in noted.all()] == [hashes] * 4


def test_half_years_are_named_and_an_empty_one_is_refused(session: Session) -> None:
    month(session, "2026-06")
    month(session, "2026-07")
    assert semester.semesters(session) == ["2026-2", "2026-1"]
    for wrong in ("2026-3", "26-1", "x"):
        with pytest.raises(Invalid, match=r"semester\.unreadable"):
            semester.read_semester(session, code=wrong, is_public=False)
    staff = make_account(session)
    ask = {"file_format": "pdf", "now": NOW}
    with pytest.raises(Refused, match=r"semester\.empty"):
        semester_report.export_semester(
            session, code="2025-1", by=staff, purpose="x", **ask  # type: ignore[arg-type]
        )  # fmt: skip
    with pytest.raises(Refused, match=r"dispatch\.purpose"):
        semester_report.export_semester(
            session, code="2026-2", by=staff, purpose="", **ask  # type: ignore[arg-type]
        )  # fmt: skip
    donor = make_account(session, Role.DONOR)
    with pytest.raises(Forbidden, match=r"report\.role"):
        semester_report.export_semester(
            session, code="2026-2", by=donor, purpose="x", **ask  # type: ignore[arg-type]
        )  # fmt: skip


def test_what_one_month_could_not_count_is_not_taken_for_nothing(session: Session) -> None:
    month(session, "2026-07")
    month(session, "2026-08")
    version = session.exec(select(ReportVersion)).first()
    assert version is not None
    rows: dict[str, dict[str, int]] = version.figures["areas"]  # type: ignore[assignment]
    kept = {code: {k: v for k, v in one.items() if k != "target_new"} for code, one in rows.items()}
    version.figures = {**version.figures, "areas": kept}
    version.digest = digest_of(version.figures)
    session.add(version)
    session.flush()
    found = tables(session)
    assert row(found["Sasaran menurut kecamatan"], "Rangkui")["target_new"] is None
    trend = found["Perkembangan kota, bulan demi bulan"]
    at = [column.indicator for column in trend.columns].index("target_new")
    assert [each[at] for each in trend.rows] == [None, 15]


def test_the_pillars_have_figures_of_the_city_and_the_offices_words(session: Session) -> None:
    month(session, "2026-07")
    month(session, "2026-08")
    for version in session.exec(select(ReportVersion)):
        city = {"sponsors_active": 40 + version.cycle_id % 2, "sponsors_received_rp": 2_000_000,
                "genting_children": 30, "genting_value_rp": 5_000_000}  # fmt: skip
        version.figures = {**version.figures, "city": city}
        version.digest = digest_of(version.figures)
        session.add(version)
    session.flush()
    before = semester.read_semester(session, code="2026-2", is_public=False)
    by = make_account(session, Role.STAFF)
    for text in ("Rapat koordinasi", "Dua rapat koordinasi"):
        write_pillar(session, semester="2026-2", pillar=1, text=text, by=by, now=NOW)
    write_pillar(session, semester="2026-1", pillar=2, text="Lain", by=by, now=NOW)
    found = tables(session)
    values = {row[1]: row[2] for row in found["Lima pilar: angka dari daftar ini"].rows}
    last = session.exec(select(ReportVersion).order_by(col(ReportVersion.id).desc())).first()
    assert last is not None
    # Of a moment: the last month's. Of what happened: added up.
    assert values["Donatur: Aktif"] == 40 + last.cycle_id % 2
    assert values["Donatur: Diterima (Rp)"] == 4_000_000
    assert values["Hitungan GENTING: Nilai paket diterima (Rp)"] == 10_000_000
    texts = [row[1] for row in found["Lima pilar: uraian"].rows]
    assert texts == ["Dua rapat koordinasi", *["Belum diisi."] * 4]
    after = semester.read_semester(session, code="2026-2", is_public=False)
    assert after.digest != before.digest
    genting = found["Hitungan GENTING, bulan demi bulan"]
    assert [row[1] for row in genting.rows] == [30, 30]
    assert [row[3] for row in genting.rows] == [
        sum(each.value("city", "", code) for code in ("delivery_delivered", "delivery_partial"))  # type: ignore[misc]
        for each in after.months
    ]


def test_what_was_written_wrongly_is_told_and_an_empty_text_takes_it_away(session: Session) -> None:
    by = make_account(session, Role.STAFF)
    with pytest.raises(Invalid, match=r"semester\.pillar"):
        write_pillar(session, semester="2026-2", pillar=6, text="x", by=by, now=NOW)
    with pytest.raises(Invalid, match=r"field\.long"):
        write_pillar(session, semester="2026-2", pillar=1, text="x" * 2001, by=by, now=NOW)
    write_pillar(session, semester="2026-2", pillar=1, text="x", by=by, now=NOW)
    write_pillar(session, semester="2026-2", pillar=1, text=" ", by=by, now=NOW)
    assert pillar_texts(session, semester="2026-2") == {}


def test_outside_the_office_figures_of_teams_are_absent(session: Session) -> None:
    month(session, "2026-07")
    found = tables(session, is_public=True)["Lima pilar: angka dari daftar ini"]
    values = {row[1]: row[2] for row in found.rows}
    assert values["Kerja tim: Keluarga"] is None
    assert found.behind == ()
