"""What is wrong with the data is found together, each with its remedy; the rest is planned."""

from dataclasses import replace
from datetime import timedelta

import pytest

from logistics.distance import GreatCircle
from logistics.explain import unservable
from logistics.faults import FaultCode
from logistics.plan import ReasonCode, RemedyCode
from logistics.problem import Depot, Option, Place, RoutingProblem, Window
from tests.logistics.problems import EIGHT, FOUR, MONDAY, line, problem, stop, vehicle
from tests.logistics.test_solve import codes, planned

CITY = (-2.12, 106.11)
YESTERDAY = MONDAY - timedelta(days=1)


def at(name: str, lat: float | None, lon: float | None, **changes: object) -> Place:
    return Place(id=name, lat=lat, lon=lon, **changes)  # type: ignore[arg-type]


def city(*places: Place) -> RoutingProblem:
    """One stop per place, and one sound stop."""
    everyone = (*places, at("good", *CITY))
    stops = [stop(1, id=place.id, options=(Option(place=place.id),)) for place in everyone]
    return problem(
        *stops,
        depots=(Depot(id="d", lat=-2.13, lon=106.12),),
        places=everyone,
        travel=GreatCircle(),
        area_radius_m=60_000,
    )


def test_everything_is_found_before_solving_and_the_rest_is_planned() -> None:
    some = city(
        at("swapped", CITY[1], CITY[0]),
        at("far", -6.2, 106.8),
        at("none", None, None),
        at("over", *CITY, windows=(Window(opens_s=EIGHT, closes_s=FOUR, day=YESTERDAY),)),
    )
    heavy = stop(1, id="heavy", options=(Option(place="good"),), weight_g=99_000)
    past = stop(1, id="past", options=(Option(place="good"),), days=(YESTERDAY,))
    some = replace(some, stops=(*some.stops, heavy, past))
    expected = {
        "swapped": (ReasonCode.BAD_COORDINATES, RemedyCode.SWAP_COORDINATES),
        "far": (ReasonCode.OUTSIDE_AREA, RemedyCode.SET_COORDINATES),
        "none": (ReasonCode.NO_COORDINATES, RemedyCode.SET_COORDINATES),
        "over": (ReasonCode.IN_THE_PAST, RemedyCode.ALLOW_DAY),
        "heavy": (ReasonCode.TOO_HEAVY, RemedyCode.LARGER_VEHICLE),
        "past": (ReasonCode.IN_THE_PAST, RemedyCode.ALLOW_DAY),
    }
    found = {
        name: (reasons[0].code, reasons[0].remedies[0].code)
        for name, reasons in unservable(some).items()
    }
    assert found == expected
    plan = planned(some, "insertion")
    assert set(plan.route_of_stop) == {"good"}
    assert {name: code for name, (code, _) in expected.items()} == codes(plan)


def test_swapped_degrees_that_are_both_on_earth_are_recognised() -> None:
    """Latitude 40 and longitude 10 are a place too: in another country."""
    some = replace(city(at("swapped", 10.0, 40.0)), depots=(Depot(id="d", lat=40.01, lon=10.0),))
    assert unservable(some)["swapped"][0].remedies[0].code is RemedyCode.SWAP_COORDINATES
    assert unservable(some)["good"][0].code is ReasonCode.OUTSIDE_AREA


@pytest.mark.parametrize(("lon", "is_in"), [(106.12 + 0.539, True), (106.12 + 0.541, False)])
def test_the_area_is_measured_from_the_nearest_depot(lon: float, is_in: bool) -> None:
    some = city(at("edge", -2.13, lon))
    assert ("edge" not in unservable(some)) == is_in


def test_a_partial_matrix_names_the_places_it_lacks() -> None:
    some = problem(stop(3), stop(9), travel=line(5))
    plan = planned(some, "insertion")
    assert codes(plan) == {"s9": ReasonCode.NOT_IN_MATRIX}
    assert plan.unserved[0].reasons[0].remedies[0].code is RemedyCode.COMPLETE_MATRIX
    assert plan.num_served == 1
    lacks_depot = replace(some, depots=(*some.depots, Depot(id="other", lat=None, lon=None)))
    assert [fault.code for fault in lacks_depot.validate()] == [FaultCode.BAD_MATRIX]


def test_an_asymmetric_matrix_is_taken_as_it_is() -> None:
    travel = line(3)
    travel.distance_m[""][0, 3] = 9_000
    assert planned(problem(stop(3), travel=travel), "insertion").distance_m == 12_000


def test_without_vehicles_each_stop_says_so() -> None:
    plan = planned(problem(stop(1), stop(2), vehicles=()), "insertion")
    assert set(codes(plan).values()) == {ReasonCode.NO_VEHICLES}
    over = replace(stop(3), days=(YESTERDAY,))
    both = codes(planned(problem(stop(1), over, vehicles=()), "insertion"))
    assert both == {"s1": ReasonCode.NO_VEHICLES, "s3": ReasonCode.IN_THE_PAST}
    none_today = planned(problem(stop(1), vehicles=(vehicle(shifts=()),)), "insertion")
    assert set(codes(none_today).values()) == {ReasonCode.NO_SHIFTS}
