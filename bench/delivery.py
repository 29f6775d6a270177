"""What the delivery level is worth on the road: a month matched with and without it, then routed.

    python -m bench.delivery [--children 120] [--seeds 1 2] [--iterations 3000]

A drawn city: kelurahan around a depot, half of the pledges give money (their packages start at the
depot), half give goods in kind that a vehicle fetches at the sponsor's and brings to the children
of that pledge on the same trip. Who is served is the same under all policies (coverage comes
first), so that only who gives to whom moves kilometres. Last month's routes, those without any
level of nearness, give the shares that the delivery level counts with: the way there and back over
the stops of a kelurahan on one route, as the city's estimate does. Every plan is searched for as
many iterations; kilometres are counted from the plan, which its own checker approves.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from bench.nation import RESULTS
from logistics.check import check as check_plan
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
)
from logistics.solve import solve as plan_routes
from matcher.check import check as check_matching
from matcher.policy import LevelName, Policy
from matcher.problem import MatchingProblem
from matcher.solve import solve as match

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logistics.plan import RoutePlan

    Whole = NDArray[np.int32]

CENTRE = (-2.124, 106.104)
KELURAHAN, CHILDREN_PER_PLEDGE, DAYS, HOUR = 14, 2, 5, 3_600
COVERAGE = (LevelName.TIER, LevelName.LEXIMIN, LevelName.POINTS)
POLICIES = {
    "coverage only": (),
    "area, distance": (LevelName.AREA, LevelName.DISTANCE),
    "delivery": (LevelName.DELIVERY,),
    "delivery, area, distance": (LevelName.DELIVERY, LevelName.AREA, LevelName.DISTANCE),
}
"""What follows on coverage; the lottery is last in each."""


def month(children: int, seed: int) -> MatchingProblem:
    """Draw a month in which half of the pledges give eggs."""
    rng = np.random.default_rng(seed)
    pledges = children // CHILDREN_PER_PLEDGE
    office = np.array(CENTRE) + rng.normal(0, (0.02, 0.025), (KELURAHAN, 2))
    place, base = rng.integers(0, KELURAHAN, children), rng.integers(0, KELURAHAN, pledges)
    home = office[place] + rng.normal(0, 0.004, (children, 2))
    sponsor = office[base] + rng.normal(0, 0.004, (pledges, 2))
    return MatchingProblem(
        month="2026-12",
        kelurahan_codes=tuple(f"K{k:02d}" for k in range(KELURAHAN)),
        kelurahan_kecamatan=np.arange(KELURAHAN) // 2,
        kecamatan_codes=tuple(f"C{k:02d}" for k in range(KELURAHAN // 2)),
        child_ids=tuple(f"A{i:05d}" for i in range(children)),
        tier=rng.integers(1, 4, children),
        points=rng.integers(0, 6, children) * 100,
        kelurahan=place,
        child_lat=home[:, 0],
        child_lon=home[:, 1],
        pledge_ids=tuple(f"P{j:05d}" for j in range(pledges)),
        sponsor_ids=tuple(f"S{j:05d}" for j in range(pledges)),
        sponsor=np.arange(pledges),
        capacity=rng.integers(1, 4, pledges),
        pledge_lat=sponsor[:, 0],
        pledge_lon=sponsor[:, 1],
        pledge_kelurahan=base,
        goods=np.arange(pledges) % 2,
        kit_goods=np.ones(children, dtype=np.uint64),
        good_ids=("telur",),
    )


def routing(problem: MatchingProblem, pledge_of: Whole) -> RoutingProblem:
    """Return the month's stops: one per child served, one per pledge in kind that is used."""
    days = tuple(date(2026, 12, 7 + at) for at in range(DAYS))
    places, stops = [], []
    in_kind = sorted({int(at) for at in pledge_of[pledge_of >= 0] if problem.goods[at]})
    for pledge in in_kind:
        name = problem.pledge_ids[pledge]
        number = int(np.count_nonzero(pledge_of == pledge))
        lat, lon = float(problem.pledge_lat[pledge]), float(problem.pledge_lon[pledge])
        places.append(Place(id=name, lat=lat, lon=lon))
        stops.append(
            Stop(
                id=name, options=(Option(place=name),), num_packages=number,
                weight_g=4_200 * number, volume_ml=9_000 * number, service_s=300, is_pickup=True,
            )
        )  # fmt: skip
    for child in np.flatnonzero(pledge_of >= 0).tolist():
        name, pledge = problem.child_ids[child], int(pledge_of[child])
        places.append(
            Place(id=name, lat=float(problem.child_lat[child]), lon=float(problem.child_lon[child]))
        )
        stops.append(
            Stop(
                id=name, options=(Option(place=name),), weight_g=4_200, volume_ml=9_000,
                service_s=300, source=problem.pledge_ids[pledge] if problem.goods[pledge] else "",
            )
        )  # fmt: skip
    shifts = tuple(Shift(day=day, starts_s=8 * HOUR, ends_s=16 * HOUR) for day in days)
    vehicles = tuple(
        Vehicle(
            id=f"V{at}", kind=VehicleKind.PICKUP, depot="gudang", shifts=shifts, max_trips=2,
            capacity_g=100_000, capacity_ml=400_000, cost_rp_per_km=1_800, cost_rp_per_hour=20_000,
        )
        for at in range(2)
    )  # fmt: skip
    return RoutingProblem(
        name="delivery",
        days=days,
        depots=(Depot(id="gudang", lat=CENTRE[0], lon=CENTRE[1]),),
        vehicles=vehicles,
        places=tuple(places),
        stops=tuple(stops),
        travel=GreatCircle(as_of="2026-11-24"),
    )


def shares_of(problem: MatchingProblem, plan: RoutePlan) -> Whole:
    """Return delivery_hm: the way there and back over the stops that share it, plus one leg."""
    code = dict(zip(problem.child_ids, problem.kelurahan.tolist(), strict=True))
    together, legs = defaultdict(list), defaultdict(list)
    for route in plan.routes:
        count: dict[int, int] = defaultdict(int)
        before = -1
        for visit in route.visits:
            here = code.get(visit.stop, -1)
            count[here] += 1
            if here == before:
                legs[here].append(visit.leg_distance_m)
            before = here
        for here, number in count.items():
            together[here].append(number)
    inside = [problem.kelurahan == k for k in range(problem.num_kelurahan)]
    office = np.array(
        [[problem.child_lat[at].mean(), problem.child_lon[at].mean()] for at in inside]
    )
    start = np.vstack([office, CENTRE])
    away = np.hypot(*(np.radians(start[:, None] - office[None, :]).transpose(2, 0, 1))) * 63_710
    shared = np.array([np.mean(together.get(k, [1])) for k in range(len(inside))])
    leg = np.array([np.mean(legs.get(k, [0])) / 100 for k in range(len(inside))])
    return np.rint(2 * away / shared + leg).astype(np.int32)


def expected_km(problem: MatchingProblem, pledge_of: Whole) -> float:
    """Return the sum that the delivery level makes least."""
    child = np.flatnonzero(pledge_of >= 0)
    pledge = pledge_of[child]
    start = np.where(problem.goods[pledge] > 0, problem.pledge_kelurahan[pledge], KELURAHAN)
    return round(float(problem.delivery_hm[start, problem.kelurahan[child]].sum()) / 10, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=120)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--iterations", type=int, default=3_000)
    asked = parser.parse_args()
    rows = []
    for seed in asked.seeds:
        problem = month(asked.children, seed)
        for name, after in POLICIES.items():
            policy = Policy(levels=(*COVERAGE, *after, LevelName.LOTTERY), split_siblings=True)
            matching = match(problem, policy)
            assert check_matching(problem, matching) == []
            asked_of = routing(problem, matching.pledge_of)
            plan = plan_routes(asked_of, seconds=None, iterations=asked.iterations)
            assert check_plan(asked_of, plan) == []
            if not problem.delivery_hm.size:
                problem = problem.with_columns(delivery_hm=shares_of(problem, plan))
            km = sum(route.distance_m for route in plan.routes) / 1000
            rows.append(
                {
                    "seed": seed, "policy": name, "served": matching.num_covered,
                    "expected_km": expected_km(problem, matching.pledge_of), "km": round(km, 1),
                    "left_out": len(plan.unserved), "routes": len(plan.routes),
                }
            )  # fmt: skip
            print(rows[-1], flush=True)
    for name in POLICIES:
        ratios = [
            row["km"] / base["km"]
            for row in rows
            if row["policy"] == name
            for base in rows
            if base["seed"] == row["seed"] and base["policy"] == "coverage only"
        ]
        print(f"{name}: {np.mean(ratios):.3f} of the kilometres of coverage only")
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "delivery.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
