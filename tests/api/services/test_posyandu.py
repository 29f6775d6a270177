"""A kader's month at the own posyandu: by exact amount, and nothing of another posyandu."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.services import fulfilment, posyandu, posyandu_reports
from api.services.change_requests import decide_change
from api.services.errors import Invalid, NotFound, Refused
from api.services.posyandu import EatenAnswer
from data.engine import write_session
from data.place import place_of
from data.place_scope import narrowed
from data.schema import (
    Accompaniment,
    Account,
    Assignment,
    AssignmentState,
    AuditEntry,
    ChangeRequest,
    Child,
    ChildState,
    ConsumptionCheck,
    Cycle,
    CycleState,
    DeliveryException,
    Eaten,
    Household,
    Package,
    PackageState,
    Role,
)
from tests.factories import KELURAHAN, NOW, make_account, make_child, make_household
from tests.factories import make_measurement as measure
from tests.factories_routes import make_dispatched_cycle, report

MONTH = "2026-12"


@pytest.fixture
def kader(engine: Engine) -> Account:
    """The kader of Mawar, where two of three children with packages live, and one without."""
    with write_session(engine) as session:
        cycle, _, _, coordinator, _ = make_dispatched_cycle(session)
        packages = session.exec(select(Package).order_by(col(Package.id))).all()
        for at, package in enumerate(packages):
            home = session.get_one(Household, package.household_id)
            home.posyandu = "Mawar" if at < 2 else "Melati"
            home.guardian_name = ("Ibu Ani", "Ibu Budi", "Ibu Cici")[at]
            child = session.get_one(Child, package.child_id)
            child.name = ("Adi", "Bela", "Caca")[at]
        done = report(packages[0], "sampai", channel="page")
        fulfilment.record_delivery(session, report=done, by=coordinator, now=NOW)
        home = make_household(session, posyandu="Mawar", guardian_name="Ibu Dewi")
        make_child(session, household_id=home.id, name="Dodi")
        assert cycle.month == MONTH
        return make_account(session, Role.KADER, area_code=KELURAHAN, posyandu=["Mawar"])


@pytest.fixture
def own(engine: Engine, kader: Account) -> Iterator[Session]:
    """A session as the kader's requests have it."""
    with write_session(narrowed(engine, place_of(kader))) as session:
        yield session


def month(session: Session, kader: Account, when: str = MONTH) -> posyandu.PosyanduMonth:
    return posyandu.read_month(session, month=when, by=kader, now=NOW)


def families(session: Session, kader: Account) -> dict[str, posyandu.FamilyMonth]:
    return {each.guardian_name: each for each in month(session, kader).families}


def next_month(session: Session, kader: Account) -> set[str]:
    found = posyandu.read_month(session, month="2027-01", by=kader, now=NOW + timedelta(days=40))
    return {each.guardian_name for each in found.families}


def test_own_families_only_with_where_each_package_is(own: Session, kader: Account) -> None:
    found = month(own, kader)
    told = [
        (family.guardian_name, child.name, child.age_months, child.status)
        for family in found.families
        for child in family.children
    ]
    assert told == [
        ("Ibu Ani", "Adi", 30, "arrived"),
        ("Ibu Budi", "Bela", 30, "on_the_way"),
        ("Ibu Dewi", "Dodi", 30, "none"),
    ]
    assert found.counts() == {"catat": (0, 3), "tanya": (0, 1), "ukur": (0, 3), "rujuk": (0, 0)}
    assert [child.comes_on for child in found.children if child.name == "Bela"] == [
        date(2026, 12, 1)
    ]
    look = own.exec(select(AuditEntry).where(AuditEntry.action == "posyandu:read")).one()
    assert (look.after or {})["children"] == [child.code for child in found.children]


def test_words_and_choices_find_families(own: Session, kader: Account) -> None:
    found = month(own, kader)
    names = {
        asked: [family.guardian_name for family in posyandu.chosen(found, **asked_for)]
        for asked, asked_for in {
            "bela": {"words": " BELA "},
            "tanya": {"choice": "tanya"},
            "catat": {"choice": "catat"},
            "rujuk": {"choice": "rujuk"},
            "caca": {"words": "Caca"},
        }.items()
    }
    assert names == {
        "bela": ["Ibu Budi"],
        "tanya": ["Ibu Ani"],
        "catat": ["Ibu Ani", "Ibu Budi", "Ibu Dewi"],
        "rujuk": [],
        "caca": [],
    }


def test_who_is_severely_wasted_stands_first_and_is_to_be_referred(
    own: Session, engine: Engine, kader: Account
) -> None:
    with write_session(engine) as session:
        child = session.exec(select(Child).where(Child.name == "Dodi")).one()
        measure(session, child, measured_on=date(2026, 12, 1), whz=-3.4)
        outside = session.exec(select(Child).where(Child.name == "Caca")).one()
        measure(session, outside, measured_on=date(2026, 12, 1), whz=-3.4)
    found = month(own, kader)
    assert found.families[0].guardian_name == "Ibu Dewi"
    assert found.families[0].children[0].signs == ("severe",)
    assert found.counts()["rujuk"] == (0, 1)
    assert found.counts()["ukur"] == (1, 3)
    assert month(own, kader, "2026-11").counts()["ukur"] == (3, 3), "measured on 10 November"


def test_codes_are_recorded_corrected_and_taken_back(own: Session, kader: Account) -> None:
    known = families(own, kader)
    given = {known["Ibu Ani"].code: [3, 6], known["Ibu Budi"].code: [8]}

    def save(given: dict[str, list[int]], when: str = MONTH) -> int:
        return posyandu.record_codes(own, month=when, given=given, by=kader, now=NOW)

    assert save(given) == 2
    assert save(given) == 0, "the same again changes nothing"
    assert save({known["Ibu Ani"].code: [1]}) == 1
    assert save({known["Ibu Budi"].code: []}) == 1
    rows = own.exec(select(Accompaniment)).all()
    assert [(row.codes, row.by) for row in rows] == [([1], kader.username)]
    assert save({known["Ibu Dewi"].code: [7]}, "2026-11") == 1, "late is allowed"
    for wrong in ([3, 8], [9]):
        with pytest.raises(Invalid, match=r"companion\.codes"):
            save({known["Ibu Ani"].code: wrong})
    with pytest.raises(Invalid, match=r"companion\.month"):
        save(given, "2027-01")


def test_who_graduates_stays_in_the_month_of_its_package_and_in_no_later_one(
    engine: Engine, kader: Account
) -> None:
    with write_session(narrowed(engine, place_of(kader))) as session:
        before = month(session, kader).counts()
        assert "Ibu Ani" in next_month(session, kader)
    with write_session(engine) as session:
        home = session.exec(select(Household).where(Household.guardian_name == "Ibu Ani")).one()
        child = session.exec(select(Child).where(Child.household_id == home.id)).one()
        child.state = ChildState.GRADUATED
        session.add(child)
    with write_session(narrowed(engine, place_of(kader))) as session:
        assert month(session, kader).counts() == before
        known = families(session, kader)
        posyandu.record_codes(
            session, month=MONTH, given={known["Ibu Ani"].code: [3]}, by=kader, now=NOW
        )
        assert families(session, kader)["Ibu Ani"].codes == (3,)
        assert "Ibu Ani" not in next_month(session, kader)
    with write_session(engine) as session:
        for package in session.exec(select(Package).where(Package.child_id == child.id)):
            package.state = PackageState.CANCELLED
            session.add(package)
    with write_session(narrowed(engine, place_of(kader))) as session:
        assert "Ibu Ani" not in families(session, kader)


def test_another_posyandus_family_is_not_there(
    own: Session, engine: Engine, kader: Account
) -> None:
    with write_session(engine) as session:
        home = session.exec(select(Household).where(Household.guardian_name == "Ibu Cici")).one()
        package = session.exec(select(Package).where(Package.household_id == home.id)).one()
        child = session.exec(select(Child).where(Child.household_id == home.id)).one()
        package.state = PackageState.ACCEPTED
    with pytest.raises(NotFound, match=r"posyandu\.family"):
        posyandu.record_codes(own, month=MONTH, given={home.code: [7]}, by=kader, now=NOW)
    answer = EatenAnswer(package.code, Eaten.CHILD)
    with pytest.raises(NotFound, match=r"posyandu\.package"):
        posyandu.record_eaten(
            own, month=MONTH, answers=[answer], checked_on=NOW.date(), by=kader, now=NOW
        )
    with pytest.raises(NotFound, match=r"posyandu\.package"):
        posyandu_reports.report_not_received(
            own, package_code=package.code, text="", by=kader, now=NOW
        )
    with pytest.raises(NotFound, match=r"child\.not_found"):
        posyandu_reports.report_change(
            own, child_code=child.code, kind="exit", text="pindah", by=kader, now=NOW
        )


def test_answers_are_kept_corrected_and_taken_back(own: Session, kader: Account) -> None:
    package = families(own, kader)["Ibu Ani"].children[0].package
    assert package

    def save(eaten: Eaten | None, note: str = "", day: date = date(2026, 12, 1)) -> int:
        answer = EatenAnswer(package.code, eaten, note)
        return posyandu.record_eaten(
            own, month=MONTH, answers=[answer], checked_on=day, by=kader, now=NOW
        )

    assert save(Eaten.SHARED, "dengan kakaknya") == 1
    assert month(own, kader).counts()["tanya"] == (1, 1)
    assert save(Eaten.CHILD) == 1
    row = own.exec(select(ConsumptionCheck)).one()
    assert (row.eaten, row.note, row.by) == (Eaten.CHILD, "", kader.username)
    with pytest.raises(Invalid, match=r"consumption\.day"):
        save(Eaten.CHILD, day=NOW.date() + timedelta(days=1))
    assert save(None) == 1
    assert own.exec(select(ConsumptionCheck)).all() == []
    coming = families(own, kader)["Ibu Budi"].children[0].package
    assert coming
    with pytest.raises(NotFound, match=r"posyandu\.package"):
        posyandu.record_eaten(
            own, month=MONTH, answers=[EatenAnswer(coming.code, Eaten.CHILD)],
            checked_on=NOW.date(), by=kader, now=NOW,
        )  # fmt: skip


def test_what_is_recorded_at_once_fills_only_what_is_empty(
    own: Session, engine: Engine, kader: Account
) -> None:
    with write_session(engine) as session:
        two = make_account(session, Role.KADER, area_code=KELURAHAN, posyandu=["Mawar"])
    known = families(own, kader)
    ani, budi = known["Ibu Ani"], known["Ibu Budi"]
    package = ani.children[0].package
    assert package
    posyandu.record_codes(own, month=MONTH, given={ani.code: [1, 2]}, by=kader, now=NOW)
    said = EatenAnswer(package.code, Eaten.CHILD, "alergi telur")
    day = NOW.date()
    posyandu.record_eaten(own, month=MONTH, answers=[said], checked_on=day, by=kader, now=NOW)
    own.commit()
    with write_session(narrowed(engine, place_of(two))) as later:
        given = {ani.code: [3], budi.code: [3]}
        assert (
            posyandu.record_codes(later, month=MONTH, given=given, by=two, now=NOW, only_new=True)
            == 1
        )
        again = EatenAnswer(package.code, Eaten.NOT_KNOWN)
        assert (
            posyandu.record_eaten(
                later, month=MONTH, answers=[again], checked_on=day, by=two, now=NOW, only_new=True
            )
            == 0
        )
        found = families(later, two)
        assert (found["Ibu Ani"].codes, found["Ibu Budi"].codes) == ((1, 2), (3,))
        row = later.exec(select(ConsumptionCheck)).one()
        assert (row.eaten, row.note, row.by) == (Eaten.CHILD, "alergi telur", kader.username)
        posyandu.record_eaten(later, month=MONTH, answers=[again], checked_on=day, by=two, now=NOW)
    with write_session(engine) as session:
        trail = select(AuditEntry).where(AuditEntry.action == "consumption:record")
        notes = [
            ((each.before or {}).get("note"), (each.after or {}).get("note"))
            for each in session.exec(trail.order_by(col(AuditEntry.id)))
        ]
    assert notes == [(None, "alergi telur"), ("alergi telur", None)], "what was replaced"


def test_of_two_answers_about_a_package_in_one_request_the_last_counts(
    own: Session, kader: Account
) -> None:
    package = families(own, kader)["Ibu Ani"].children[0].package
    assert package
    answers = [EatenAnswer(package.code, eaten) for eaten in (Eaten.CHILD, Eaten.SHARED)]
    changed = posyandu.record_eaten(
        own, month=MONTH, answers=answers, checked_on=NOW.date(), by=kader, now=NOW
    )
    assert (changed, own.exec(select(ConsumptionCheck.eaten)).all()) == (1, [Eaten.SHARED])


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize(
    ("cycle_state", "pair_state", "has_package", "status"),
    [
        (CycleState.CLOSED, AssignmentState.UNFULFILLED, True, "none"),
        (CycleState.PACKING, AssignmentState.APPROVED, True, "none"),
        (CycleState.CLOSED, AssignmentState.APPROVED, False, "none"),
        (CycleState.RECONCILING, AssignmentState.APPROVED, False, "none"),
        (CycleState.APPROVED, AssignmentState.APPROVED, False, "prepared"),
        (CycleState.APPROVED, AssignmentState.WITHDRAWN, False, "none"),
        (CycleState.IN_APPROVAL, AssignmentState.PROPOSED, False, "undecided"),
    ],
)
def test_only_what_will_come_is_being_prepared(
    own: Session,
    engine: Engine,
    kader: Account,
    cycle_state: CycleState,
    pair_state: AssignmentState,
    has_package: bool,
    status: str,
) -> None:
    with write_session(engine) as session:
        package = session.exec(select(Package).join(Child).where(Child.name == "Bela")).one()
        pair = session.get_one(Assignment, package.assignment_id)
        pair.state = pair_state
        session.get_one(Cycle, package.cycle_id).state = cycle_state
        package.state = PackageState.CANCELLED
        if not has_package:
            other = session.exec(select(Package).where(Package.id != package.id)).first()
            assert other
            package.assignment_id = other.assignment_id
    found = {child.name: child.status for child in month(own, kader).children}
    assert found["Bela"] == status


def test_reports_reach_the_offices_queue_once(own: Session, engine: Engine, kader: Account) -> None:
    child = families(own, kader)["Ibu Ani"].children[0]

    def tell(kind: str, text: str = "", **to: str) -> ChangeRequest:
        return posyandu_reports.report_change(
            own, child_code=child.code, kind=kind, text=text, to=to, by=kader, now=NOW
        )

    for kind, text, code in (
        ("gossip", "x", r"posyandu\.kind"),
        ("exit", " ", r"posyandu\.text"),
        ("address", "x" * 401, r"posyandu\.text"),
        ("move", "", r"child\.move_incomplete"),
    ):
        with pytest.raises(Invalid, match=code):
            tell(kind, text)
    wrong = tell("address", "Nomor HP-nya 0812")
    assert (wrong.payload, wrong.asked_by) == ({"reason": "Nomor HP-nya 0812"}, kader.username)
    with pytest.raises(Refused, match=r"posyandu\.reported"):
        tell("address", "sekali lagi")
    moved = tell("move", "ikut nenek", kelurahan_code="19.71.06.1001", address="Jl. Baru 1")
    assert own.exec(select(Child.state).where(Child.code == child.code)).one() == (
        ChildState.MOVED_PENDING
    )
    asks = families(own, kader)["Ibu Ani"].children[0].asks
    assert [ask.kind for ask in asks] == ["address", "move"]
    own.commit()
    with write_session(engine) as session:
        decide_change(
            session, request=session.get_one(ChangeRequest, moved.id), accept=True,
            by=make_account(session, Role.STAFF), now=NOW,
        )  # fmt: skip
        home = session.exec(select(Household).where(Household.guardian_name == "Ibu Ani")).one()
        assert (home.kelurahan_code, home.address) == ("19.71.06.1001", "Jl. Baru 1")
    own.expire_all()
    assert "Ibu Ani" not in families(own, kader), "who moved away is another kader's"


def test_a_family_that_says_nothing_came_opens_a_case_of_the_coordinator(
    own: Session, engine: Engine, kader: Account
) -> None:
    known = families(own, kader)
    arrived, coming = (known[name].children[0].package for name in ("Ibu Ani", "Ibu Budi"))
    assert arrived
    assert coming

    def tell(code: str) -> DeliveryException:
        return posyandu_reports.report_not_received(
            own, package_code=code, text="Tidak ada yang datang", by=kader, now=NOW
        )

    with pytest.raises(Refused, match=r"posyandu\.not_arrived"):
        tell(coming.code)
    case = tell(arrived.code)
    assert (case.reason, case.text, case.opened_by) == (
        "not_received", "Tidak ada yang datang", kader.username,
    )  # fmt: skip
    with pytest.raises(Refused, match=r"posyandu\.doubted"):
        tell(arrived.code)
    own.commit()
    with write_session(engine) as session:
        session.exec(select(Cycle)).one().state = CycleState.CLOSED
    own.expire_all()
    with pytest.raises(Refused, match=r"posyandu\.month_closed"):
        tell(arrived.code)
