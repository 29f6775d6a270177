"""The coordinator puts homes on the map, and leaves the others for next month."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from api.services import planning
from api.services.planning import PlanOptions
from data.engine import read_session, write_session
from data.schema import Account, AuditEntry, Cycle, Household, Package, PackageState, Role, Stop
from tests.factories import NOW, make_vehicle
from tests.factories_goods import make_packed_cycle

pytestmark = pytest.mark.stores("sqlite")
MONTH = "/bulan/2026-12"
POINT = "-2.1316, 106.1169"


class Lost:
    """A planned month of three packages, two of whose homes have no point."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with write_session(engine) as session:
            cycle, _, by, depot = make_packed_cycle(session, num_children=3)
            make_vehicle(session, depot_id=depot.id)
            homes = session.exec(select(Household).order_by(col(Household.id))).all()
            for home in homes[:2]:
                home.lat = home.lon = None
            session.flush()
            options = PlanOptions(seconds=None, iterations=20)
            planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
            self.codes = [home.code for home in homes]

    def homes(self, session: Session) -> list[Household]:
        return list(session.exec(select(Household).order_by(col(Household.id))))

    def form(self, *points: str) -> dict[str, list[str]]:
        with read_session(self.engine) as session:
            lost = [home for home in self.homes(session) if home.lat is None]
        return {
            "rumah": [home.code for home in lost],
            "versi": [str(home.version) for home in lost],
            "titik": list(points),
        }


@pytest.fixture
def lost(engine: Engine) -> Lost:
    return Lost(engine)


@pytest.fixture
def coordinator(client_for: Callable[[Role | Account], TestClient]) -> TestClient:
    return client_for(Role.COORDINATOR)


def test_the_first_page_and_the_routes_lead_to_the_field(
    lost: Lost, coordinator: TestClient
) -> None:
    home = coordinator.get("/koordinator").text
    assert f'href="{MONTH}/titik">2 rumah belum ada di peta' in home
    assert home.count(f"{MONTH}/rute#tidak-terangkut") == 1, "one line for all of a reason"
    assert f'href="{MONTH}/titik">Isi titik 2 rumah' in coordinator.get(f"{MONTH}/rute").text
    page = coordinator.get(f"{MONTH}/titik").text
    assert all(f'id="titik-{code}"' in page for code in lost.codes[:2])
    assert lost.codes[2] not in page


def test_points_are_saved_and_their_packages_wait_for_a_route(
    lost: Lost, coordinator: TestClient, engine: Engine
) -> None:
    answer = coordinator.post(f"{MONTH}/titik", data=lost.form(POINT, ""))
    assert answer.status_code == 303
    with read_session(engine) as session:
        first, second, _ = lost.homes(session)
        assert (first.lat, first.lon, second.lat) == (-2.1316, 106.1169, None)
        package = session.exec(select(Package).where(Package.household_id == first.id)).one()
        stop = session.get_one(Stop, package.stop_id)
        assert (stop.lat, stop.route_id) == (-2.1316, None)
        unserved = planning.unserved_packages(session, cycle=session.exec(select(Cycle)).one())
        assert [row.household_code for row in unserved] == [second.code]
        changed = session.exec(
            select(AuditEntry).where(AuditEntry.action == "household:edit")
        ).one()
        assert set(changed.after or {}) <= {"lat", "lon", "version"}
    home = coordinator.get("/koordinator").text
    assert "1 rumah belum ada di peta" in home
    assert f"{first.code} ·" in home


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dekat masjid", "tidak terbaca"),
        ("106.1169, -2.1316", "tertukar"),
        ("-6.2, 106.8", "km dari kantor kelurahan"),
        ("51.5, 0.1", "di luar Indonesia"),
    ],
)
def test_a_wrong_point_is_said_at_its_field_and_nothing_is_saved(
    lost: Lost, coordinator: TestClient, engine: Engine, text: str, why: str
) -> None:
    answer = coordinator.post(f"{MONTH}/titik", data=lost.form(POINT, text))
    assert answer.status_code == 422
    assert why in answer.text
    assert f'href="#titik-{lost.codes[1]}"' in answer.text
    assert f'value="{POINT}"' in answer.text, "what was typed stays"
    with read_session(engine) as session:
        assert [home.lat for home in lost.homes(session)][:2] == [None, None]


def test_a_home_that_somebody_saved_meanwhile_is_not_written_over(
    lost: Lost, coordinator: TestClient, engine: Engine
) -> None:
    form = lost.form(POINT, "")
    with write_session(engine) as session:
        home = lost.homes(session)[0]
        home.lat, home.lon, home.version = -2.2, 106.2, home.version + 1
    assert coordinator.post(f"{MONTH}/titik", data=form).status_code == 409
    with read_session(engine) as session:
        assert lost.homes(session)[0].lat == -2.2


def test_all_that_cannot_be_found_are_left_for_next_month_at_once(
    lost: Lost, coordinator: TestClient, engine: Engine
) -> None:
    assert "Bawa 2 paket ke bulan depan" in coordinator.get(f"{MONTH}/titik").text
    assert coordinator.post(f"{MONTH}/titik/bawa").status_code == 303
    with read_session(engine) as session:
        states = [row.state for row in session.exec(select(Package).order_by(col(Package.id)))]
        carried = select(Package).where(Package.state == PackageState.CARRIED)
        assert len(session.exec(carried).all()) == 2
        assert len(states) == 3
    assert "Tidak ada paket yang menunggu" in coordinator.get(f"{MONTH}/titik").text
    home = coordinator.get("/koordinator").text
    assert "Belum punya tempat di rute" not in home, "what was carried waits for no route"
    assert "tanpa koordinat" not in home


def test_ticked_packages_of_the_list_are_carried_together_or_not_at_all(
    lost: Lost, coordinator: TestClient, engine: Engine
) -> None:
    del lost
    with read_session(engine) as session:
        codes = [row.code for row in session.exec(select(Package).order_by(col(Package.code)))]
    listed = coordinator.get(f"{MONTH}/paket/daftar").text
    assert all(f'name="kode" value="{code}"' in listed for code in codes)
    coordinator.post(f"{MONTH}/paket/bawa", data={"kode": codes[:2]})
    with read_session(engine) as session:
        carried = select(Package.code).where(Package.state == PackageState.CARRIED)
        assert sorted(session.exec(carried)) == codes[:2]
    refused = coordinator.post(f"{MONTH}/paket/bawa", data={"kode": codes})
    assert refused.status_code == 409
    with read_session(engine) as session:
        assert (
            len(
                session.exec(
                    select(Package.code).where(Package.state == PackageState.CARRIED)
                ).all()
            )
            == 2
        )


def test_over_the_api_a_coordinator_may_place_a_home_and_nothing_else(
    lost: Lost, coordinator: TestClient, client_for: Callable[[Role | Account], TestClient]
) -> None:
    path = f"/api/v1/households/{lost.codes[0]}"
    version = coordinator.get(path).json()["version"]
    put = {"base_version": version, "lat": -2.1316, "lon": 106.1169}
    assert coordinator.patch(path, json={"base_version": version, "lat": -2.0}).status_code == 403
    assert coordinator.put(f"{path}/point", json=put | {"address": "x"}).status_code == 422
    assert coordinator.put(f"{path}/point", json=put).json()["lat"] == -2.1316
    assert client_for(Role.COURIER).put(f"{path}/point", json=put).status_code == 403
