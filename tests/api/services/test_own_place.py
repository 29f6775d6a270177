"""Working in a place: registering there, what leads out, what waits, and what is answered."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import (
    change_requests,
    child_states,
    children,
    companions,
    measuring_quality,
    own_place,
    registering,
    supervision,
    visit_findings,
)
from api.services.account_places import place_faults, place_name
from api.services.accounts import WINDOW
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.own_units import need_own_posyandu, need_own_unit, own_units
from api.services.registering import MOST_NIKS, ask_nik
from data.engine import read_session, write_session
from data.place import place_of
from data.place_scope import narrowed
from data.schema import (
    Account,
    AuditEntry,
    ChangeState,
    Child,
    ChildState,
    DuplicatePair,
    Household,
    PairKind,
    Role,
    Route,
    RouteState,
    Stop,
    StopState,
    SupervisionVisit,
)
from tests.factories import (
    NOW,
    make_account,
    make_child,
    make_consent,
    make_household,
    make_measurement,
)
from tests.factories_routes import make_dispatched_cycle
from tests.stores import KEYS

WARD, NEXT_WARD = "19.71.05.1004", "19.71.05.1005"
NIK = "1971054106240001"


@pytest.fixture
def clerk(engine: Engine) -> Account:
    """Bound to Bukit Sari."""
    with write_session(engine) as session:
        return make_account(session, area_code=WARD)


@pytest.fixture
def inside(engine: Engine, clerk: Account) -> Iterator[Session]:
    """A session of the clerk."""
    with write_session(narrowed(engine, place_of(clerk))) as session:
        yield session


def fields(name: str = "Siti Aminah", **values: Any) -> dict[str, Any]:
    return {"name": name, "sex": "female", "born_on": date(2024, 6, 1), **values}


def register(session: Session, by: Account, ward: str = WARD, **values: Any) -> Child:
    home = {"guardian_name": "Rahma", "kelurahan_code": ward, "address": "Jl. Melur 3"}
    return registering.register_child(
        session, fields=fields(), home=home, by=by, now=NOW, keys=KEYS, **values
    )


def test_codes_go_on_after_those_of_the_whole_city(
    engine: Engine, inside: Session, clerk: Account
) -> None:
    with write_session(engine) as session:
        far = make_household(session, kelurahan_code=NEXT_WARD, code="K-E-041")
        make_child(session, household_id=far.id, code="E-041")
        office = make_account(session)
        made = register(session, office, ward=NEXT_WARD)
        assert made.code == "E-042"
    mine = register(inside, clerk)
    assert mine.code == "E-043"
    assert inside.get_one(Household, mine.household_id).code == "K-E-043"


@pytest.mark.parametrize(
    ("home", "field"),
    [
        ({"kelurahan_code": NEXT_WARD}, "kelurahan_code"),
        ({"kelurahan_code": None}, "kelurahan_code"),
    ],
)
def test_nobody_is_registered_outside(
    inside: Session, clerk: Account, home: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        registering.register_child(
            inside, fields=fields(), home={"guardian_name": "Rahma", **home}, by=clerk, now=NOW,
            keys=KEYS,
        )  # fmt: skip
    assert refused.value.params["fields"] == {field: "household.outside"}


def test_a_family_is_not_moved_out_by_hand_but_reported(
    engine: Engine, inside: Session, clerk: Account
) -> None:
    child = register(inside, clerk)
    home = inside.get_one(Household, child.household_id)
    with pytest.raises(Invalid) as refused:
        children.edit_household(
            inside, household=home, base_version=home.version,
            changes={"kelurahan_code": NEXT_WARD}, by=clerk, now=NOW,
        )  # fmt: skip
    assert refused.value.params["fields"] == {"kelurahan_code": "household.outside"}
    kept = children.edit_household(
        inside, household=home, base_version=home.version, changes={"posyandu": "Melati"},
        by=clerk, now=NOW,
    )  # fmt: skip
    assert kept.posyandu == "Melati"
    child.state = ChildState.ELIGIBLE
    inside.add(child)
    request = change_requests.request_move(
        inside, child=child, to={"kelurahan_code": NEXT_WARD, "address": "Jl. Baru 1"}, by=clerk,
        now=NOW,
    )  # fmt: skip
    inside.commit()
    with write_session(engine) as session:
        asked = change_requests.find_change(session, request_id=request.id or 0)
        office = make_account(session, Role.APPROVER)
        change_requests.decide_change(session, request=asked, accept=True, by=office, now=NOW)
        assert asked.state is ChangeState.APPLIED
    with read_session(narrowed(engine, place_of(clerk))) as session:
        assert session.get(Child, child.id) is None
        assert session.exec(select(Household)).all() == []


def test_a_number_that_another_place_has_is_left_to_the_office(
    engine: Engine, inside: Session, clerk: Account
) -> None:
    with write_session(engine) as session:
        office = make_account(session)
        register(session, office, ward=NEXT_WARD, nik=NIK)
    with pytest.raises(Invalid) as elsewhere:
        register(inside, clerk, nik=NIK)
    assert elsewhere.value.params["fields"] == {"nik": "field.nik_office"}
    inside.rollback()
    register(inside, clerk, nik="1971054106240002")
    asked = {
        nik: ask_nik(inside, nik=nik, by=clerk, now=NOW, keys=KEYS)
        for nik in (NIK, "1971054106240002", "1971054106240003")
    }
    assert [bool(each) for each in asked.values()] == [True, False, False]
    inside.commit()
    with read_session(engine) as session:
        trail = select(AuditEntry).where(AuditEntry.action == "child:nik_elsewhere")
        told = session.exec(trail).one()
        assert (told.by, NIK in told.model_dump_json()) == (clerk.username, False)
        assert ask_nik(session, nik=NIK, by=office, now=NOW, keys=KEYS) is None
    *_, last = [
        ask_nik(inside, nik="1971054106240003", by=clerk, now=NOW, keys=KEYS)
        for _ in range(MOST_NIKS)
    ]
    assert last
    assert last.params["fields"] == {"nik": "child.many_niks"}
    assert ask_nik(inside, nik="1971054106240003", by=clerk, now=NOW + WINDOW, keys=KEYS) is None
    with pytest.raises(Refused, match=r"child\.nik_known"):
        register(inside, clerk, nik="1971054106240002")


def test_one_who_may_be_another_places_child_waits_for_the_office_and_is_not_told(
    engine: Engine, inside: Session, clerk: Account
) -> None:
    with write_session(engine) as session:
        theirs = register(session, make_account(session), ward=NEXT_WARD)
    mine = register(inside, clerk)
    assert mine.review_reasons == []
    assert inside.exec(select(DuplicatePair)).all() == []
    inside.commit()
    with read_session(engine) as session:
        pair = session.exec(select(DuplicatePair)).one()
        assert {pair.first_id, pair.second_id} == {theirs.id, mine.id}
        assert session.get_one(Child, theirs.id).review_reasons == []
    twin = register(inside, clerk)  # one of the own place is told at once
    assert twin.review_reasons == ["possible_duplicate"]


def test_a_sister_is_registered_in_a_household_inside(inside: Session, clerk: Account) -> None:
    first = register(inside, clerk)
    sister = registering.register_child(
        inside, fields=fields("Ratna Dewi"), home={}, sibling=first, by=clerk, now=NOW, keys=KEYS
    )
    assert sister.household_id == first.household_id


def test_a_doubtful_child_stays_in_review_while_its_double_lives_elsewhere(
    engine: Engine, clerk: Account
) -> None:
    with write_session(engine) as session:
        near, far = (
            make_child(
                session,
                household_id=make_household(session, kelurahan_code=ward).id,
                state=ChildState.NEEDS_REVIEW,
                born_on=date(2025, 1, 1),
            )
            for ward in (WARD, NEXT_WARD)
        )
        pair = DuplicatePair(
            kind=PairKind.CHILD, first_id=near.id or 0, second_id=far.id or 0, score=95, reasons=[]
        )
        session.add(pair)
    taken = registering.TakenMeasurement(
        measured_on=date(2026, 11, 30), weight_g=7_000, lenhei_mm=700
    )
    with write_session(narrowed(engine, place_of(clerk))) as session:
        child = session.get_one(Child, near.id)
        registering.record_measurement(session, child=child, measurement=taken, by=clerk, now=NOW)
        assert child.state is ChildState.NEEDS_REVIEW
        assert session.get(Child, far.id) is None
    with write_session(engine) as session:
        session.delete(session.exec(select(DuplicatePair)).one())
        child = session.get_one(Child, near.id)
        child_states.resettle(session, child, on=NOW.date())
        assert child.state is ChildState.ELIGIBLE


def test_a_new_address_tells_the_routes_that_the_place_does_not_see(
    engine: Engine, inside: Session, clerk: Account
) -> None:
    with write_session(engine) as session:
        _, route, stops, _, _ = make_dispatched_cycle(session, num_children=2)
        route.state = RouteState.CONFIRMED
        for stop in stops:
            stop.state = StopState.PLANNED
            session.add(stop)
        for package in stop_packages(session, stops):
            session.add(package)
        session.add(route)
        number, household_id = route.id, stops[0].household_id
    home = inside.get_one(Household, household_id)
    children.edit_household(
        inside, household=home, base_version=home.version, changes={"address": "Jl. Lain 9"},
        by=clerk, now=NOW,
    )  # fmt: skip
    inside.commit()
    with read_session(engine) as session:
        assert session.get_one(Route, number).state == RouteState.STALE
        assert "Jl. Lain 9" in {stop.address for stop in session.exec(select(Stop))}


def stop_packages(session: Session, stops: list[Stop]) -> list[Any]:
    from data.schema import Package, PackageState

    found = session.exec(select(Package)).all()
    for package in found:
        package.state = PackageState.PACKED
    assert len(found) == len(stops)
    return list(found)


def test_what_waits_is_counted_in_the_place_alone(engine: Engine, clerk: Account) -> None:
    with write_session(engine) as session:
        for ward in (WARD, NEXT_WARD):
            home = make_household(session, kelurahan_code=ward, posyandu="Mawar")
            ill = make_child(session, household_id=home.id)
            make_measurement(session, ill, measured_on=date(2026, 11, 30), whz=-3.4, haz=-2.6)
            make_child(session, household_id=home.id, consented=False)
            ending = make_child(session, household_id=home.id, consented=False)
            make_consent(session, ending, expires_on=NOW.date() + timedelta(days=30))
            lasting = make_child(session, household_id=home.id, consented=False)
            make_consent(session, lasting, expires_on=NOW.date() + timedelta(days=90))
            asked = make_child(session, household_id=home.id, consented=False)
            make_consent(session, asked, withdrawn_at=NOW, is_refusal=True)
            for reasons in (["haz_implausible"], ["possible_duplicate"]):
                make_child(
                    session, household_id=home.id, state=ChildState.NEEDS_REVIEW,
                    review_reasons=reasons,
                )  # fmt: skip
    with read_session(narrowed(engine, place_of(clerk))) as session:
        waiting = {each.code: each.number for each in own_place.place_tasks(session, now=NOW)}
        due = own_place.due_consents(session, now=NOW)
    assert waiting == {
        "accompaniment": 1, "consumption": 0, "severe": 1, "two_t": 0, "unmeasured": 0,
        "consents": 2, "doubts": 1, "twice": 1, "reports": 0,
    }  # fmt: skip
    assert [(each.has_consent, each.is_declined) for each in due] == [
        (False, False), (True, False), (False, True),
    ]  # fmt: skip


def test_findings_are_answered_by_their_owner_in_the_place(engine: Engine, clerk: Account) -> None:
    with write_session(engine) as session:
        office = make_account(session, Role.APPROVER)
        kader = make_account(session, Role.KADER, area_code=WARD, posyandu=["Mawar"])
        numbers = []

        def visited(ward: str, posyandu: str) -> SupervisionVisit:
            return supervision.plan_visit(
                session, kelurahan_code=ward, posyandu=posyandu, planned_on=NOW.date(),
                visitor=office.username, reasons={}, by=office, now=NOW,
            )  # fmt: skip

        for ward, posyandu in ((WARD, "Mawar"), (WARD, "Melati"), (NEXT_WARD, "Mawar")):
            visit = visited(ward, posyandu)
            owners = {each.username for each in visit_findings.finding_owners(session, visit=visit)}
            assert (kader.username in owners) == ((ward, posyandu) == (WARD, "Mawar"))
            assert (clerk.username in owners) == (ward == WARD)
            assert office.username in owners
            found = visit_findings.add_finding(
                session, visit=visit, text="Timbangan", action="Tera", due_on=NOW.date(),
                owner=clerk.username if ward == WARD else office.username, by=office, now=NOW,
            )  # fmt: skip
            numbers.append(found.id or 0)
        with pytest.raises(Invalid):
            visit_findings.add_finding(
                session, visit=visited(NEXT_WARD, "Mawar"), text="x", action="y", due_on=NOW.date(),
                owner=clerk.username, by=office, now=NOW,
            )  # fmt: skip
        with pytest.raises(Invalid):
            supervision.plan_visit(
                session, kelurahan_code=WARD, posyandu="Mawar", planned_on=NOW.date(),
                visitor=clerk.username, reasons={}, by=office, now=NOW,
            )  # fmt: skip
    with write_session(narrowed(engine, place_of(clerk))) as session:
        mine = own_place.own_findings(session, by=clerk)
        assert [finding.id for finding, _ in mine] == numbers[:2]
        with pytest.raises(NotFound):
            own_place.answer_own_finding(
                session, finding_id=numbers[2], answer="sudah", by=clerk, now=NOW
            )
        done = own_place.answer_own_finding(
            session, finding_id=numbers[0], answer="sudah", by=clerk, now=NOW
        )
        assert done.answer == "sudah"


def test_units_inside_are_those_that_lie_wholly_in_the_place(engine: Engine) -> None:
    def units(**place: Any) -> Any:
        account = Account(
            id=1, username="a", full_name="A", role=Role.STAFF, created_at=NOW, **place
        )
        with read_session(narrowed(engine, place_of(account))) as session:
            return own_units(session)

    ward = units(area_code=WARD)
    assert ward.first == ("kelurahan", "Bukit Sari")
    assert ward.holds("kelurahan", "Bukit Sari")
    assert ward.holds("posyandu", "Mawar · Bukit Sari")
    for level, name in (
        ("kelurahan", "Tua Tunu Indah"), ("kecamatan", "Gerunggang"), ("city", ""),
        ("posyandu", "Mawar · Tua Tunu Indah"), ("posyandu", ""), ("kelurahan", ""),
        ("puskesmas", "Selindung"), ("kader", "siti"),
    ):  # fmt: skip
        assert not ward.holds(level, name), (level, name)
    kecamatan = units(area_code="19.71.05")
    assert kecamatan.first == ("kecamatan", "Gerunggang")
    assert kecamatan.holds("kelurahan", "Tua Tunu Indah")
    posyandu = units(area_code=WARD, posyandu=["Mawar"])
    assert posyandu.first == ("posyandu", "Mawar · Bukit Sari")
    assert not posyandu.holds("kelurahan", "Bukit Sari")
    assert not posyandu.holds("posyandu", "Melati · Bukit Sari")
    assert units(puskesmas="Girimaya").holds("puskesmas", "Girimaya")
    assert units() is None
    with read_session(engine) as session:
        need_own_unit(session, "city", "")  # the whole office asks for anything


def test_a_unit_outside_is_refused_as_one_that_is_none(inside: Session) -> None:
    for level, name in (("kelurahan", "Tua Tunu Indah"), ("kelurahan", "Nirwana"), ("city", "")):
        with pytest.raises(Forbidden, match=r"access\.place"):
            need_own_unit(inside, level, name)


def test_a_posyandu_outside_is_refused_and_not_shown_empty(
    engine: Engine, inside: Session, clerk: Account
) -> None:
    with write_session(engine) as session:
        make_household(session, kelurahan_code=NEXT_WARD, posyandu="Kenanga")
        make_household(session, kelurahan_code=WARD, posyandu=None)
        for ward, posyandu in ((NEXT_WARD, "Kenanga"), ("", "Entah")):  # of the whole city
            need_own_posyandu(session, wards=[ward], posyandu=posyandu)
    ask: dict[str, Any] = {"by": clerk, "now": NOW}
    far: dict[str, Any] = {"kelurahan_code": NEXT_WARD, "posyandu": "Kenanga"}
    for refused in (
        lambda: companions.read_families(inside, month="2026-12", **far, **ask),
        lambda: measuring_quality.readings_behind(
            inside, kelurahan="Tua Tunu Indah", posyandu="Kenanga", last_month="2026-12", **ask
        ),
        lambda: need_own_posyandu(inside, wards=[WARD], posyandu="Kenanga"),
    ):
        with pytest.raises(Forbidden, match=r"access\.place"):
            refused()
    own = companions.read_families(inside, month="2026-12", kelurahan_code=WARD, posyandu="", **ask)
    assert own == [], "a family without children is no reason to refuse"


@pytest.mark.parametrize(
    ("role", "place", "faults"),
    [
        (Role.STAFF, {}, {}),
        (Role.STAFF, {"area_code": "19.71.05"}, {}),
        (Role.STAFF, {"area_code": WARD, "posyandu": ["Mawar"]}, {}),
        (Role.AUDITOR, {"puskesmas": "Girimaya"}, {}),
        (Role.KADER, {"area_code": WARD, "posyandu": ["Mawar"]}, {}),
        (Role.KADER, {"area_code": WARD}, {"posyandu": "account.kader_place"}),
        (Role.KADER, {}, {"posyandu": "account.kader_place"}),
        (Role.KADER, {"puskesmas": "Girimaya"}, {"posyandu": "account.kader_place"}),
        (Role.ADMIN, {"area_code": WARD}, {"area_code": "account.place_role"}),
        (Role.DONOR, {"puskesmas": "Girimaya"}, {"puskesmas": "account.place_role"}),
        (Role.COURIER, {"posyandu": ["Mawar"]}, {"posyandu": "account.place_role"}),
        (Role.STAFF, {"area_code": "19.71.99"}, {"area_code": "account.area_unknown"}),
        (Role.STAFF, {"posyandu": ["Mawar"]}, {"posyandu": "account.posyandu_ward"}),
        (
            Role.STAFF, {"area_code": "19.71.05", "posyandu": ["Mawar"]},
            {"posyandu": "account.posyandu_ward"},
        ),
        (
            Role.STAFF, {"area_code": WARD, "posyandu": ["Mawar", "Kenanga"]},
            {"posyandu": "account.posyandu_unknown"},
        ),
        (Role.STAFF, {"puskesmas": "Entah"}, {"puskesmas": "account.puskesmas_unknown"}),
        (
            Role.STAFF, {"area_code": WARD, "puskesmas": "Girimaya"},
            {"puskesmas": "account.place_two"},
        ),
    ],
)  # fmt: skip
def test_a_place_fits_its_role_and_what_families_have(
    session: Session, role: Role, place: dict[str, Any], faults: dict[str, str]
) -> None:
    make_household(session, posyandu="Mawar", puskesmas="Girimaya")
    make_household(session, kelurahan_code=NEXT_WARD, posyandu="Kenanga")
    asked: dict[str, Any] = {"area_code": None, "posyandu": [], "puskesmas": None, **place}
    assert place_faults(session, role=role, **asked) == faults


def test_places_are_named(session: Session) -> None:
    named = {
        place_name(make_account(session, **place))
        for place in (
            {}, {"area_code": "19.71.05"}, {"area_code": WARD}, {"puskesmas": "Girimaya"},
            {"area_code": WARD, "posyandu": ["Mawar", "Melati"]}, {"area_code": "99"},
        )
    }  # fmt: skip
    assert {(each.kind, each.name) for each in named} == {
        ("city", ""), ("kecamatan", "Gerunggang"), ("kelurahan", "Bukit Sari"),
        ("puskesmas", "Girimaya"), ("posyandu", "Mawar, Melati · Bukit Sari"), ("kelurahan", "99"),
    }  # fmt: skip


def test_a_record_merged_into_another_places_child_is_unknown(
    engine: Engine, clerk: Account
) -> None:
    with write_session(engine) as session:
        far = make_household(session, kelurahan_code=NEXT_WARD)
        kept = make_child(session, household_id=far.id)
        code = make_child(session, state=ChildState.DUPLICATE, duplicate_of_id=kept.id).code
        assert children.find_child(session, code=code, by=clerk, now=NOW).id == kept.id
    with write_session(narrowed(engine, place_of(clerk))) as session:
        for asked in (code, kept.code, "T-NOBODY"):
            with pytest.raises(NotFound) as refused:
                children.find_child(session, code=asked, by=clerk, now=NOW)
            assert (refused.value.code, refused.value.params) == (
                "child.not_found", {"child": asked},
            )  # fmt: skip
