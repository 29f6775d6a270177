"""Every page of a month on its way, with who opens it: found from the application itself.

A new page is here without being listed. What is no page stands in ``FILES``, what is looked at
elsewhere in ``ELSEWHERE``: nothing is left out silently.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date

from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.app import doors
from api.security import PERMISSIONS
from api.services import jobs
from api.services.dispatch import ExportKind
from api.services.intake import preview_import
from api.services.links import create_link
from api.services.policies import adopt_policy
from api.services.results import ResultsPreview, preview_results
from api.services.supervision import plan_visit
from api.services.visit_findings import add_finding
from data.engine import write_session
from data.schema import (
    Account,
    Assignment,
    Child,
    Cycle,
    Household,
    ImportBatch,
    MatchPolicy,
    PackageState,
    Pickup,
    Pledge,
    Role,
    Route,
    Sponsor,
    SupervisionVisit,
)
from matcher.policy import Policy
from tests.api.services.test_dispatch import export, filled_sheet
from tests.conftest import NOW
from tests.factories import (
    known_as,
    make_account,
    make_drop_point,
    make_measurement,
    show_to_donors,
    stored,
)
from tests.factories_goods import packages_of
from tests.factories_routes import make_dispatched_cycle, package_at
from tests.intake_desk import child_row, children_file
from tests.kept import kept
from tests.stores import KEYS

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
FIRST = (
    Role.STAFF, Role.APPROVER, Role.COORDINATOR, Role.ADMIN, Role.AUDITOR, Role.DONOR, Role.COURIER,
    Role.KADER,
)  # fmt: skip
FILES = {
    "/berkas/{batch_id}/ditolak",
    "/bulan/{month}/papan/jalan",
    "/bulan/{month}/rekrut.csv",
    "/donatur/anak/{alias}/foto/{month}",
    "/donatur/piagam",
    "/donatur/surat-tahun/{year}",
    "/donatur/surat/{month}",
    "/foto/{photo_id}",
    "/healthz",
    "/kurir/manifest.webmanifest",
    "/kurir/sw.js",
    "/posyandu/daftar",
    "/readyz",
}
"""What answers a browser with a file or with data."""
ELSEWHERE = {
    "/bulan/{month}/paket/kekurangan/{item}": "needs a shortage: tests/api/pages/test_goods",
}
"""Pages that this month cannot show, and which test sees them."""
QUERIES = {
    "/monev/angka/{code}": "?tingkat=kecamatan&wilayah=Gerunggang",
    "/monev/semester/perbedaan": "?semester=2026-2",
    "/monev/mutu-ukur/bacaan": "?bulan=2026-12&kelurahan=Bukit Sari&posyandu=Mawar",
    "/monev/sasaran/baris": "?angka=served&bulan=2026-12&menurut=tier&isi=1",
    "/monev/baris": "?angka=served&bulan=2026-12&tingkat=kelurahan&wilayah=Bukit Sari",
}
"""What a page is asked about that shows nothing without."""


def fill(path: str, known: dict[str, dict[str, str]]) -> str:
    """A page's address with what stands for each parameter."""
    values = known["any"] | known.get(path.split("/")[1], {}) | known.get(path, {})
    return PARAMETER.sub(lambda found: values[found[1]], path) + QUERIES.get(path, "")


@kept
def prepare(
    session: Session,
) -> tuple[dict[str, dict[str, str]], dict[Role, Account]]:
    """A month on its way with something behind every parameter; who sees the personal pages."""
    cycle, route, stops, _, courier = make_dispatched_cycle(session, num_children=3)
    pair = session.exec(select(Assignment).order_by(col(Assignment.id))).first()
    assert pair
    child, pledge = session.get_one(Child, pair.child_id), session.get_one(Pledge, pair.pledge_id)
    make_measurement(session, child, measured_on=child.born_on, haz=-7.1, waz=-2.5)
    sponsor, package = session.get_one(Sponsor, pledge.sponsor_id), package_at(session, stops[0])
    donor = make_account(session, Role.DONOR, sponsor_id=sponsor.id)
    show_to_donors(session)
    home = session.get_one(Household, child.household_id)
    home.posyandu = "Mawar"
    staff = make_account(session)
    policy, batch = adopted(session), previewed(session, staff)
    results_file = sent_back(session, cycle)
    spare = packages_of(session, cycle)[-1]  # one that stayed in the depot
    spare.state, spare.stop_id = PackageState.PACKED, None
    pickup, visit = picked_up(session, route, staff), visited(session, staff)
    job = jobs.enqueue(session, kind="match", payload={"month": cycle.month}, by=staff, now=NOW)
    known = {
        "any": {
            "month": "2026-12", "uid": stops[0].uid, "batch_id": str(batch.id),
            "number": "1", "vehicle_id": str(route.vehicle_id), "depot_id": str(route.depot_id),
            "policy_id": str(policy.id), "job_id": str(job.id), "visit_id": str(visit.id),
            "token": create_link(session, account=donor, by=staff, now=NOW),
        },
        "anak": {"code": child.code},
        "monev": {"code": child.code},
        "/monev/angka/{code}": {"code": "target_eligible"},
        "rute": {"code": route.code},
        "keluarga": {"code": stops[0].label},
        "barang": {"code": "telur"},
        "titik-bagi": {"number": str(make_drop_point(session).id)},
        "orang-tua-asuh": {"code": sponsor.code, "pledge_code": pledge.code},
        "bulan": {"code": package.code},
        "/bulan/{month}/paket/{code}/ulang": {"code": spare.code},
        "/bulan/{month}/hasil/berkas/{batch_id}": {"batch_id": str(results_file.batch.id)},
        "/bulan/{month}/anak/{code}": {"code": child.code},
        "admin": {"account_id": str(staff.id)},
        "/kurir/jemput/{uid}": {"uid": pickup.uid},
        "kurir": {"stop_uid": stops[0].uid, "code": package.code},
        "posyandu": {"code": home.code},
        "donatur": {"alias": known_as(session, child, sponsor), "code": pledge.code},
    }  # fmt: skip
    return known, {Role.COURIER: courier, Role.DONOR: donor}


def adopted(session: Session) -> MatchPolicy:
    """A policy of the month's."""
    content = {
        key: value for key, value in Policy().to_json().items() if key not in {"seed", "version"}
    }
    return adopt_policy(
        session, name="Awal", content=content, effective_from="2026-12", reason="awal",
        by=make_account(session, Role.APPROVER), now=NOW,
    )  # fmt: skip


def previewed(session: Session, staff: Account) -> ImportBatch:
    """A file of children, of whom one is born in the future."""
    rows = child_row(), child_row(2, **{"Tgl Lahir": date(2030, 1, 1)})
    return preview_import(
        session, file_name="anak.xlsx", content=children_file(*rows), by=staff, now=NOW, keys=KEYS
    )


def sent_back(session: Session, cycle: Cycle) -> ResultsPreview:
    """A results sheet that came back: one package arrived, another did not."""
    office = make_account(session, Role.COORDINATOR)
    sheet = export(session, cycle, office, ExportKind.RESULTS_XLSX)
    codes = [each.code for each in packages_of(session, cycle)]
    filled = filled_sheet(sheet, {codes[0]: (1, 0, None), codes[1]: (0, 1, None)})
    return preview_results(
        session, cycle=cycle, file_name="hasil.xlsx", content=filled, by=office, now=NOW, keys=KEYS
    )


def picked_up(session: Session, route: Route, staff: Account) -> Pickup:
    """Goods of a sponsor on the way of a route."""
    return stored(
        session,
        Pickup(
            cycle_id=route.cycle_id, route_id=route.id, after=0, arrives_at="08:20",
            label="Toko Contoh", address="Jl. Contoh 1", lat=-2.13, lon=106.11,
            goods="30 kg beras", weight_g=30_000, volume_ml=40_000, by=staff.username,
            created_at=NOW,
        ),
    )  # fmt: skip


def visited(session: Session, staff: Account) -> SupervisionVisit:
    """A visit of supervision with an open finding."""
    visit = plan_visit(
        session, kelurahan_code="19.71.01.1004", posyandu="Teratai", planned_on=NOW.date(),
        visitor=staff.username, reasons={}, by=staff, now=NOW,
    )  # fmt: skip
    add_finding(
        session, visit=visit, text="Timbangan tidak ditera", action="Tera ulang",
        owner=staff.username, due_on=NOW.date(), by=staff, now=NOW,
    )  # fmt: skip
    return visit


def pages_of(
    engine: Engine, app: FastAPI, person: Callable[[Role], Account]
) -> Iterator[tuple[str, Account, str]]:
    """Every door that a browser may open: its route, who opens it, and its address."""
    with write_session(engine) as session:
        known, own = prepare(session)
    for door in doors(app):
        if (
            door.method != "GET"
            or door.path.startswith("/api/")
            or door.path in FILES | set(ELSEWHERE)
        ):
            continue
        roles = PERMISSIONS.get(door.permission, frozenset(Role))
        role = next(each for each in FIRST if each in roles)
        yield door.path, own.get(role) or person(role), fill(door.path, known)
