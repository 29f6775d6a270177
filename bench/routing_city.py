"""A city's month of stops, drawn from a seed: 42 offices, homes around them, a small fleet."""

from __future__ import annotations

import random
from datetime import date, timedelta

from logistics.distance import GreatCircle
from logistics.problem import (
    Depot,
    Option,
    Place,
    RoutingProblem,
    Shift,
    Stop,
    Vehicle,
    VehicleKind,
    Window,
)

HOUR = 3_600
CENTRE = (-2.1240, 106.1042)


def city(
    *, num_stops: int = 210, num_vehicles: int = 5, num_days: int = 5, seed: int = 1
) -> RoutingProblem:
    """Draw a month: a third of the stops may also go to their posyandu, on its day."""
    rng = random.Random(seed)
    first = date(2026, 12, 7)
    days = tuple(first + timedelta(days=offset) for offset in range(num_days))
    offices = [
        Place(
            id=f"posyandu-{row}",
            lat=CENTRE[0] + rng.gauss(0, 0.02),
            lon=CENTRE[1] + rng.gauss(0, 0.025),
            windows=(Window(day=rng.choice(days), opens_s=8 * HOUR, closes_s=12 * HOUR),),
        )
        for row in range(max(1, num_stops // 5))
    ]
    homes, stops = [], []
    for row in range(num_stops):
        office = rng.choice(offices)
        home = Place(
            id=f"home-{row}",
            lat=(office.lat or 0) + rng.gauss(0, 0.004),
            lon=(office.lon or 0) + rng.gauss(0, 0.004),
        )
        homes.append(home)
        options = [Option(place=home.id)]
        if rng.random() < 0.35:
            options.append(Option(place=office.id, cost_rp=1_500))
        num_packages = rng.choice((1, 1, 1, 2))
        stops.append(
            Stop(
                id=f"stop-{row}",
                options=tuple(options),
                num_packages=num_packages,
                weight_g=4_200 * num_packages,
                volume_ml=9_000 * num_packages,
                service_s=240 + 120 * num_packages,
                windows=(Window(opens_s=15 * HOUR, closes_s=16 * HOUR),)
                if rng.random() < 0.05
                else (),
                max_time_in_heat_s=3 * HOUR if rng.random() < 0.3 else None,
                priority=rng.choice((1, 2, 2, 3)),
            )
        )
    return RoutingProblem(
        name=f"city-{num_stops}-{seed}",
        days=days,
        depots=(Depot(id="gudang", lat=CENTRE[0], lon=CENTRE[1], loading_s=900),),
        vehicles=tuple(_vehicle(row, days) for row in range(num_vehicles)),
        places=(*offices, *homes),
        stops=tuple(stops),
        travel=GreatCircle(as_of="2026-11-24"),
    )


def _vehicle(row: int, days: tuple[date, ...]) -> Vehicle:
    is_pickup = row % 3 == 2
    shifts: list[Shift] = []
    for day in days:
        if day.weekday() == 4:
            shifts.append(Shift(day=day, starts_s=8 * HOUR, ends_s=11 * HOUR + HOUR // 2))
            shifts.append(Shift(day=day, starts_s=13 * HOUR, ends_s=16 * HOUR + HOUR // 2))
        else:
            shifts.append(Shift(day=day, starts_s=8 * HOUR, ends_s=16 * HOUR + HOUR // 2))
    return Vehicle(
        id=f"vehicle-{row}",
        kind=VehicleKind.PICKUP if is_pickup else VehicleKind.MOTORCYCLE,
        depot="gudang",
        capacity_g=700_000 if is_pickup else 40_000,
        capacity_ml=2_500_000 if is_pickup else 90_000,
        has_cool_box=is_pickup,
        shifts=tuple(shifts),
        max_trips=2 if is_pickup else 4,
        cost_rp_per_km=1_800 if is_pickup else 500,
        cost_rp_per_hour=20_000 if is_pickup else 15_000,
        cost_rp_per_day=150_000 if is_pickup else 25_000,
    )


def day(*, num_posyandu: int = 118, num_homes: int = 200, seed: int = 1) -> RoutingProblem:
    """Draw the city's real day: every posyandu and 200 homes, six vehicles, two trips, hours."""
    rng = random.Random(seed)
    today = date(2026, 12, 9)
    centres = [(rng.gauss(0, 0.02), rng.gauss(0, 0.025)) for _ in range(42)]
    places, stops = [], []
    for row in range(num_posyandu + num_homes):
        is_posyandu = row < num_posyandu
        name = f"posyandu-{row}" if is_posyandu else f"home-{row - num_posyandu}"
        lat, lon = rng.choice(centres)
        spread = 0.006 if is_posyandu else 0.008
        hours = (Window(opens_s=8 * HOUR, closes_s=12 * HOUR),) if is_posyandu else ()
        places.append(
            Place(
                id=name,
                lat=CENTRE[0] + lat + rng.gauss(0, spread),
                lon=CENTRE[1] + lon + rng.gauss(0, spread),
                windows=hours,
            )
        )
        num_packages = rng.choice((2, 3, 4)) if is_posyandu else rng.choice((1, 1, 1, 2))
        late = not is_posyandu and rng.random() < 0.05
        stops.append(
            Stop(
                id=name,
                options=(Option(place=name),),
                num_packages=num_packages,
                weight_g=4_200 * num_packages,
                volume_ml=9_000 * num_packages,
                service_s=120,
                service_s_per_package=30,
                windows=(Window(opens_s=15 * HOUR, closes_s=16 * HOUR),) if late else (),
            )
        )
    shift = Shift(day=today, starts_s=7 * HOUR + HOUR // 2, ends_s=16 * HOUR + HOUR // 2)
    return RoutingProblem(
        name=f"day-{seed}",
        days=(today,),
        depots=(Depot(id="gudang", lat=CENTRE[0], lon=CENTRE[1], loading_s=900),),
        vehicles=tuple(
            Vehicle(
                id=f"vehicle-{row}",
                kind=VehicleKind.PICKUP,
                depot="gudang",
                capacity_g=240_000,
                capacity_ml=600_000,
                shifts=(shift,),
                max_trips=2,
                cost_rp_per_km=1_800,
                cost_rp_per_hour=20_000,
                cost_rp_per_day=150_000,
            )
            for row in range(6)
        ),
        places=tuple(places),
        stops=tuple(stops),
        travel=GreatCircle(as_of="2026-11-24"),
    )
