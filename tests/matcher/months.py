"""Made-up months for the matching tests: small ones for oracles, city-sized ones for time."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.problem import MatchingProblem


def month(
    seed: int,
    *,
    children: int = 8,
    pledges: int = 5,
    places: int = 3,
    tightness: float = 0.7,
    siblings: float = 0.0,
    areas: float = 0.4,
    **changes: Any,
) -> MatchingProblem:
    """Return a random month; `tightness` is places per child, `areas` the share that is choosy."""
    rng = np.random.default_rng(seed)
    mean = max(1, round(2 * tightness * children / max(1, pledges)))
    capacity = rng.integers(0, mean + 1, pledges)
    centre_lat, centre_lon = (
        -2.13 + rng.uniform(-0.04, 0.04, places),
        106.1 + rng.uniform(-0.04, 0.04, places),
    )
    place = rng.integers(0, places, children)
    home = rng.integers(-1, places, pledges)
    sizes = np.where(rng.random(pledges) < areas, rng.integers(1, places + 1, pledges), 0)
    accepted = [np.sort(rng.permutation(places)[:size]) for size in sizes]
    household = np.arange(children)
    for child in range(1, children):
        if rng.random() < siblings:
            household[child] = household[child - 1]
            place[child] = place[child - 1]
    sponsors = max(1, (pledges * 3 + 3) // 4)
    kept_children = rng.permutation(children)[: children // 2 if pledges else 0]
    last_month = rng.integers(0, max(1, pledges), children)[household]
    columns: dict[str, Any] = {
        "month": "2026-12",
        "kelurahan_codes": tuple(f"K{k:03d}" for k in range(places)),
        "kelurahan_kecamatan": np.arange(places) // 2,
        "kecamatan_codes": tuple(f"C{k:02d}" for k in range(places // 2 + 1)),
        "child_ids": tuple(f"A{i:06d}" for i in rng.permutation(children)),
        "tier": rng.integers(1, 4, children),
        "points": rng.integers(0, 6, children) * 100,
        "months_waiting": rng.integers(0, 3, children),
        "kelurahan": place,
        "household": household,
        "child_lat": centre_lat[place] + rng.normal(0, 0.005, children),
        "child_lon": centre_lon[place] + rng.normal(0, 0.005, children),
        "forbidden_goods": np.where(rng.random(children) < 0.1, rng.integers(1, 4, children), 0),
        "pledge_ids": tuple(f"P{j:06d}" for j in rng.permutation(pledges)),
        "sponsor_ids": tuple(f"S{s:06d}" for s in range(sponsors)),
        "sponsor": rng.integers(0, sponsors, pledges),
        "capacity": capacity,
        "pledge_lat": np.where(home >= 0, centre_lat[home], -2.1) + rng.normal(0, 0.005, pledges),
        "pledge_lon": np.where(home >= 0, centre_lon[home], 106.1) + rng.normal(0, 0.005, pledges),
        "pledge_kelurahan": home,
        "goods": np.where(rng.random(pledges) < 0.2, rng.integers(1, 4, pledges), 0),
        "good_ids": ("telur", "susu"),
        "accepted_start": np.concatenate([[0], np.cumsum(sizes)]),
        "accepted_kelurahan": np.concatenate([np.empty(0, dtype=int), *accepted]),
        "standby": rng.random(pledges) < 0.1,
        "kept": np.stack([kept_children, last_month[kept_children]], axis=1),
        "bans": rng.integers(0, [max(1, children), max(1, pledges)], (children // 8, 2))
        if pledges
        else np.empty((0, 2)),
        "conflicts": rng.integers(0, [max(1, children), sponsors], (children // 8, 2)),
    }
    columns.update(changes)
    return MatchingProblem(**columns)
