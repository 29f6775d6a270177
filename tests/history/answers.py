"""What every figure must be, from what was done and the published tables alone.

Nothing of the product is imported here (a tree test holds that): each figure is worked out again
from its definition, child by child, in the plainest way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any

from scipy.optimize import brentq
from scipy.stats import linregress
from scipy.stats import t as student

from tests.history import script as told
from tests.history import who
from tests.history.script import MEASURED_ON, Place, Script, on
from tests.history.tables import (
    indicator_shares,
    need_points,
    package_rp,
    published_values,
    shortest_tour_km,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

__all__ = ["Answers"]

LETTERS = "ntob"
STUNTED, SEVERE = -2.0, -3.0
RANK = (SEVERE, STUNTED)
LOOK_BACK = 6


class Answers:
    """The answers to a script."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def of_month(self, month: int) -> dict[str, object]:
        """Return every figure that is told of the city at the end of a month."""
        counts = self.counts(month)
        return (
            {**counts}
            | self.means(month, counts)
            | self.sponsors(month)
            | self.road(month, counts)
            | {code: shares(counts) for code, shares in indicator_shares().items()}
            | self.readings(month)
            | self.targeting(month)
            | self.outlook(month)
            | self.effect(month)
            | self.supervision(month)
        )

    def counts(self, month: int, place: Place | None = None) -> Counter[str]:
        """Return what is counted of children and packages, in the city or in one posyandu."""
        found = Counter[str]()
        for child in self.script.children:
            if place is None or self.script.place(child) == place:
                found.update(self._of_child(child, month))
        return found

    def _of_child(self, child: int, month: int) -> dict[str, int]:
        script = self.script
        listed, here = script.is_listed(child, month), script.is_here(child, month)
        served = script.is_served(child, month)
        last = script.leaves(child)
        left_before = month == last and not listed and script.comes(child) <= month
        cause = told.GUESTS[child].cause if child in told.GUESTS else ""
        if cause == "kept_off_left":
            cause = "kept_off_consent"
        found: dict[str, int] = {
            "target_known": listed or left_before,
            "target_registered": listed,
            "target_with_consent": listed and script.has_consent(child),
            "target_eligible": here,
            "kept_off_left": left_before,
            "matching_matched": served,
            "matching_unmatched": here and not served,
            "target_packed": served,
            "target_received": self.arrives(child, month),
            "target_new": here and month > 0 and not script.is_here(child, month - 1),
            "target_graduated": child == 2 and month == told.GRADUATES,
            "target_left": month == last and (listed or left_before),
            "team_families": here,
            "team_measured": here and script.is_measured(child, month),
            "team_recorded": here and bool(script.codes(child, month)),
            "team_accompanied": here and script.codes(child, month) == (3, 6),
            "nutrition_severe": listed and self.is_severe(child, month),
            "nutrition_severe_referred": listed
            and self.is_severe(child, month)
            and script.is_referred(child, month),
        }
        if cause and listed:
            found[cause] = 1
        if served:
            found |= self._of_package(child, month) | self._of_growth(child, month)
        return {code: int(value) for code, value in found.items()}

    def arrives(self, child: int, month: int) -> bool:
        """Whether a child gets its package, in full or part."""
        return self.script.is_served(child, month) and self.script.is_at_home(child, month)

    def _of_package(self, child: int, month: int) -> dict[str, int]:
        script = self.script
        arrives, in_part = self.arrives(child, month), script.is_in_part(child, month)
        late = arrives and script.is_late(child, month)
        case = not arrives or in_part
        return {
            "delivery_planned": 1,
            "delivery_delivered": arrives and not in_part,
            "delivery_partial": in_part,
            "delivery_failed": not arrives,
            "delivery_not_in_full": case,
            "delivery_reached": arrives,
            "delivery_late": late,
            "days_late": late,
            "delivery_evidenced": arrives and script.has_evidence(child, month),
            "delivery_attempts": 1,
            "delivery_stops": 1,
            "delivery_stops_done": arrives,
            "team_attempted": 1,
            "team_first": arrives,
            "team_cases": case,
            "team_cases_in_time": case and script.case_days(month) <= 7,
            "team_reports": 1,
            "team_reports_in_time": not script.is_told_late(child, month),
            "genting_children": arrives,
            "genting_packages": arrives,
            "genting_value_rp": arrives * package_rp(script.born_on(child), on(month, 1)),
        }

    def haz(self, child: int, month: int) -> float:
        """Height for age at a measuring."""
        script = self.script
        height_mm = script.height_mm(child, month)
        return who.haz(height_mm, script.is_boy(child), script.days(child, month))

    def waz(self, child: int, month: int) -> float:
        """Weight for age at a measuring."""
        script = self.script
        weight_g = script.weight_g(child, month)
        return who.waz(weight_g, script.is_boy(child), script.days(child, month))

    def is_severe(self, child: int, month: int) -> bool:
        """Whether a child is severely wasted when measured in a month."""
        script = self.script
        if not script.is_measured(child, month):
            return False
        weight_g, height_mm = script.weight_g(child, month), script.height_mm(child, month)
        return (
            who.whz(weight_g, height_mm, script.is_boy(child), script.days(child, month)) < SEVERE
        )

    def letter(self, child: int, month: int) -> str:
        """N, T, O or B by the posyandu's rule; nothing when not measured."""
        script = self.script
        if not script.is_measured(child, month):
            return ""
        before = [each for each in range(month) if script.is_measured(child, each)]
        if not before:
            return "b"
        if before[-1] != month - 1:
            return "o"
        return "n" if self.gain_g(child, month) >= 200 else "t"

    def gain_g(self, child: int, month: int) -> int:
        """What a child gained since the month before."""
        return self.script.weight_g(child, month) - self.script.weight_g(child, month - 1)

    def first_served(self, child: int, month: int) -> int | None:
        """The first month, up to this one, in which a child got what its sponsor promised."""
        return next((each for each in range(month + 1) if self.arrives(child, each)), None)

    def _heights(self, child: int, month: int) -> tuple[float, float] | None:
        """Return height for age when support began, and now."""
        script = self.script
        began = self.first_served(child, month)
        if began is None or began >= month or not script.is_measured(child, month):
            return None
        start = [each for each in range(began + 1) if script.is_measured(child, each)]
        return self.haz(child, start[-1]), self.haz(child, month)

    def _of_growth(self, child: int, month: int) -> dict[str, int]:
        letter, heights = self.letter(child, month), self._heights(child, month)
        found: dict[str, int] = {
            "nutrition_supported": 1,
            "nutrition_measured": self.script.is_measured(child, month),
            **{f"nutrition_gain_{each}": letter == each for each in LETTERS},
            "nutrition_two_t": letter == "t" and self.letter(child, month - 1) == "t",
            "nutrition_weight_children": letter in ("n", "t"),
            "nutrition_haz_children": heights is not None,
        }
        if heights:
            start, now = (sum(z >= each for each in RANK) for z in heights)
            move = "up" if now > start else "down" if now < start else "same"
            found[f"nutrition_status_{move}"] = 1
        return found

    def means(self, month: int, counts: Mapping[str, int]) -> dict[str, object]:
        """Return the means and shares of a month; a mean of fewer than three is not given."""
        served = [each for each in self.script.children if self.script.is_served(each, month)]
        gains = [
            self.gain_g(each, month) for each in served if self.letter(each, month) in ("n", "t")
        ]
        pairs = [heights for each in served if (heights := self._heights(each, month))]
        changes = [now - start for start, now in pairs]
        reached, supported = counts["delivery_reached"], counts["nutrition_supported"]
        return {
            "nutrition_mean_weight_gain": round(fmean(gains)) if len(gains) >= 3 else None,
            "nutrition_mean_haz_change": fmean(changes) if len(changes) >= 3 else None,
            "nutrition_measured_share": counts["nutrition_measured"] / supported,
            "delivery_days_late": counts["days_late"] / reached if reached >= 3 else None,
            "delivery_evidence": counts["delivery_evidenced"] / reached if reached else None,
        }

    def sponsors(self, month: int) -> dict[str, object]:
        """Return what is told of sponsors, and of pairs."""
        script, alone = self.script, []
        for child in script.children:
            if script.is_served(child, month) and child not in told.HELPED:
                gift = told.GIFT_RP if child == 0 and month == told.GIFT_MONTH else 0
                alone.append((1, int(self.arrives(child, month)), gift))
        helped = sum(script.is_served(child, month) for child in told.HELPED)
        rows = [*alone, (helped, helped, 0)] if helped else alone
        gives = 0 <= month - told.GIVES_FROM < told.GIVES_MONTHS
        company = 0 <= month - told.STARTS < told.HELP_MONTHS
        came = {
            told.GIVES_FROM: 1,
            told.STARTS: 1,
            told.SPONSOR_ENDS + 1: 1,
            0: script.num_sponsors,
        }
        stopped = (told.GIVES_FROM + told.GIVES_MONTHS - 1, told.SPONSOR_ENDS)
        pledged = told.GIVES_RP * gives
        received = told.RECEIVED_RP.get(month, 0) + told.GIFT_RP * (month == told.GIFT_MONTH)
        children, packages, rupiah = zip(*rows, strict=True)
        return {
            # The bridge fund is no sponsor, but carries a child.
            "sponsors_registered": sum(came.get(each, 0) for each in range(month + 1)),
            "sponsors_active": script.num_sponsors + gives + company,
            "sponsors_new": came.get(month, 0),
            "sponsors_stopped": int(month in stopped),
            "sponsors_pledged_rp": pledged,
            "sponsors_received_rp": received,
            "sponsors_shortfall_rp": max(0, pledged - received),
            "sponsor_children": tuple(sorted(children)),
            "sponsor_packages": tuple(sorted(packages)),
            "sponsor_received_rp": tuple(sorted(rupiah)),
            "genting_sponsors": sum(each > 0 for each in packages)
            - (month == told.SPONSOR_ENDS and self.arrives(0, month)),
            "matching_max_children": max(children),
            "matching_changes": {told.SPONSOR_ENDS: 1, told.AREA_MOVES: 2}.get(month, 0),
            "matching_bridged": int(month == told.SPONSOR_ENDS),
            "matching_run": str(month + 1),
            "matching_proof": "word.optimal",
            "pairs_sponsors": len(rows),
            "pairs_per_sponsor": sum(children) / len(rows),
        }

    def road(self, month: int, counts: Mapping[str, int]) -> dict[str, object]:
        """Return what is told of the road: one car drives the shortest way to all homes."""
        homes = {
            self.script.point(child)
            for child in self.script.children
            if self.script.is_served(child, month)
        }
        km, stops = round(shortest_tour_km(sorted(homes)), 1), counts["delivery_stops"]
        return {
            "delivery_km": km,
            "delivery_routes": 1,
            "road_stops_per_route": float(stops),
            "road_km_per_stop": km / stops,
        }

    def readings(self, month: int) -> dict[str, object]:
        """Return the last digits of six months' readings, added up over posyandu."""
        found = defaultdict[str, float](float)
        for digits in self.digits(month).values():
            for kind in ("height", "weight"):
                own = digits[kind]
                num, round_ones = sum(own), own[0] + own[5]
                found[f"quality_{kind}s"] += num
                found[f"quality_{kind}s_round"] += round_ones
                found[f"quality_{kind}s_round_share"] += round_ones / num if num else 0
                expected = num / 10
                spread = sum((each - expected) ** 2 for each in own) / expected if num else 0
                found[f"quality_{kind}_score"] += 100 * sqrt(spread / (9 * num)) if num else 0
        return dict(found)

    def digits(self, month: int) -> dict[Place, dict[str, list[int]]]:
        """Return per place how often each last digit was read in six months."""
        script = self.script
        found: dict[Place, dict[str, list[int]]] = {}
        for each in range(max(0, month - LOOK_BACK + 1), month + 1):
            for child in script.children:
                if not script.is_measured(child, each):
                    continue
                ward, posyandu, puskesmas = script.place(child)
                place = (ward if script.has_kelurahan(child) else "", posyandu, puskesmas)
                own = found.setdefault(place, {"height": [0] * 10, "weight": [0] * 10})
                own["height"][script.height_mm(child, each) % 10] += 1
                own["weight"][script.weight_g(child, each) // 100 % 10] += 1
        return found

    def waiting(self, child: int, month: int) -> int:
        """For how many months a child has had nothing when a month is locked."""
        got = [each for each in range(month) if self.arrives(child, each)]
        return month - got[-1] - 1 if got else month - self.script.comes(child)

    def _measured_by(self, child: int, month: int) -> list[int]:
        return [each for each in range(month + 1) if self.script.is_measured(child, each)]

    def _is_recovered(self, child: int, month: int) -> bool:
        """Whether graduation is proposed: normal at two measurings four weeks apart."""
        good = 0
        for each in reversed(self._measured_by(child, month)):
            if self.haz(child, each) < STUNTED:
                break
            good += 1
        return good >= 2

    def num_recovered(self, month: int) -> int:
        """How many children of the list are proposed for graduation."""
        here = (each for each in self.script.children if self.script.is_here(each, month))
        return sum(self._is_recovered(each, month) for each in here)

    def _need(self, child: int, month: int) -> tuple[int, int]:
        """Return a child's tier and its points, the neediest least."""
        script = self.script
        haz = self.haz(child, self._measured_by(child, month)[-1])
        age_days = (on(month, 1) - script.born_on(child)).days
        points = need_points(haz, age_days, script.decile(child), self.waiting(child, month))
        tier = 1 if haz < SEVERE else 2 if haz < STUNTED and age_days < 731 else 3
        return tier, -points

    def targeting(self, month: int) -> dict[str, object]:
        """Return who is left out, who may not need it, how help is spread, and the chain."""
        script = self.script
        here = [each for each in script.children if script.is_here(each, month)]
        served = [each for each in here if script.is_served(each, month)]
        waits = [self.waiting(each, month) for each in here if each not in served]
        packages = {
            child: sum(
                self.arrives(child, each)
                for each in range(max(0, month - LOOK_BACK + 1), month + 1)
            )
            for child in here
        }
        recovered = sum(self._is_recovered(child, month) for child in served)
        total = sum(packages.values())
        return {
            "waiting_long": (sum(each >= 3 for each in waits),),
            "waiting_months": (fmean(waits) if waits else None,),
            "inclusion_doubtful": (recovered, int(told.WELL_OFF in served), 0, *self._twice(month)),
            "spread_packages": (total,),
            "spread_per_child": (total / len(here),),
            "concentration": (self._concentration(here, packages, month),),
            "chain_number": self._chain(month, len(served)),
        }

    def _twice(self, month: int) -> tuple[int | None, ...]:
        """Return how many another programme serves too, for each; unknown without its list."""
        lists = (told.LISTS.get((programme, month)) for programme in ("mbg", "pmt", "pkh"))
        return tuple(
            None if listed is None else sum(self.script.is_served(each, month) for each in listed)
            for listed in lists
        )

    def _concentration(self, here: Sequence[int], packages: Mapping[int, int], month: int) -> float:
        """Return twice the covariance of packages and rank over their mean; ties share a rank."""
        need = {child: self._need(child, month) for child in here}
        num, mean = len(here), sum(packages.values()) / len(here)
        ranks = {
            child: (
                sum(need[each] < need[child] for each in here)
                + sum(need[each] == need[child] for each in here) / 2
            )
            / num
            for child in here
        }
        covariance = sum(packages[child] * (ranks[child] - 0.5) for child in here) / num
        return 2 * covariance / mean

    def _chain(self, month: int, served: int) -> tuple[int, ...]:
        script = self.script
        company = 0 <= month - told.STARTS < told.HELP_MONTHS
        promised = script.num_sponsors + company * told.NUM_COMPARED
        arrived = [child for child in script.children if self.arrives(child, month)]
        eaten = [script.eaten(child, month) for child in arrived]
        received = int(month == told.GIFT_MONTH)  # the giver's money is less than a place
        return (
            promised, received, served, served, len(arrived),
            sum(each is not None for each in eaten), eaten.count("child"),
        )  # fmt: skip

    def outlook(self, month: int) -> dict[str, object]:
        """Return where the list is heading, and what it would take to reach the target."""
        first = max(0, month - 23)
        months = [self.counts(each) for each in range(first, month + 1)]
        ahead = (told.TARGET_ON.year - on(month, 1).year) * 12 + (
            told.TARGET_ON.month - on(month, 1).month
        )
        children = [each["target_eligible"] for each in months]
        found: dict[str, object] = {
            "published_value": (told.TARGET, *published_values(told.TARGET_ON, told.TARGET)),
            "projected_children": (None, None, None),
        }
        if len(children) >= 6:
            steps = [later - earlier for earlier, later in pairwise(children)]
            middle = children[-1] + ahead * fmean(steps)
            reach = student.ppf(0.975, len(steps) - 1) * stdev(steps)
            reach *= sqrt(ahead * (1 + ahead / len(steps)))
            low, high = middle - reach, middle + reach
            found["projected_children"] = tuple(
                round(max(0.0, float(each))) for each in (middle, low, high)
            )
        return found | {"coverage_needed": (self._coverage(months, ahead, first),)}

    def _coverage(self, months: Sequence[Counter[str]], ahead: int, first: int) -> object:
        of = {code: sum(each[code] for each in months) for code in (
            "target_new", "target_graduated", "target_left", "target_eligible", "matching_matched",
        )}  # fmt: skip
        new = of["target_new"] / (len(months) - (first == 0)) if len(months) > 1 else None
        if new is None:
            return None
        recover = of["target_graduated"] / of["matching_matched"]
        leave = of["target_left"] / of["target_eligible"]

        def too_many(coverage: float) -> float:
            children = float(months[-1]["target_eligible"])
            for _ in range(ahead):
                children += new - children * min(1.0, leave + coverage * recover)
            return children - told.TARGET

        if too_many(0) <= 0:
            return 0.0
        if too_many(1) > 0:
            return "semua anak pun belum cukup"
        return float(brentq(too_many, 0, 1, xtol=1e-12))

    def supervision(self, month: int) -> dict[str, object]:
        """Return what the one visit saw, and how late its finding is."""
        if month < told.VISIT:
            return {}
        late = (on(month, 28) - told.DUE).days if month < told.VISIT_ENDS else 0
        return {
            "visit_in_order": len(told.IN_ORDER),
            "visit_not_in_order": len(told.NOT_IN_ORDER),
            "finding_days_late": max(0, late),
        }

    def effect(self, month: int) -> dict[str, object]:
        """Return what comes of comparing the helped with those who wait, by HAZ and by WAZ."""
        found: defaultdict[str, list[object]] = defaultdict(list)
        for index in (self.haz, self.waz):
            helped = self._stretches(index, month, is_helped=True)
            others = self._stretches(index, month, is_helped=False)
            pairs = [
                (helped[one], others[other])
                for one in helped
                for other in others
                if self._are_alike(one, other, helped[one], others[other])
            ]
            assert len(pairs) == len({id(each) for pair in pairs for each in pair}) / 2, "ambiguous"
            found["effect_children"] += [len(helped), len(others)]
            found["effect_pairs"].append(len(pairs))
            found["effect_imbalance"] += self._imbalance(pairs)
            if len(pairs) >= 30:
                found["effect_difference"] += self._difference(pairs)
                before = [one[3] - other[3] for one, other in pairs]
                reach = float(student.ppf(0.975, len(pairs) - 1)) * stdev(before)
                reach /= sqrt(len(pairs))
                mean = fmean(before)
                found["effect_before"] += [mean, mean - reach, mean + reach]
        return {code: tuple(values) for code, values in found.items()}

    def _stretches(
        self, index: Any, month: int, *, is_helped: bool
    ) -> dict[int, tuple[int, float, float, float]]:
        """Return per child its age in days and z at the start, z half a year on, and the change
        in the months before the start."""
        found = {}
        for child in self.script.children:
            days = {each: on(each, MEASURED_ON) for each in self._measured_by(child, month)}
            began = self.first_served(child, month)
            for start in self._starts(days, began, is_helped):
                until = on(began, 1) if began is not None and not is_helped else None
                end = self._end(days, start, until)
                if end is None:
                    continue
                times = sum(self.arrives(child, each) for each in range(end + 1))
                if self.haz(child, start) >= STUNTED or (is_helped and times < 3):
                    continue
                earlier = [m for m in days if 60 <= (days[start] - days[m]).days <= 180]
                change = index(child, start) - index(child, earlier[0]) if earlier else 0.0
                age = self.script.days(child, start)
                found[child] = (age, index(child, start), index(child, end), change)
                break
        return found

    def _starts(
        self, days: Mapping[int, date], began: int | None, is_helped: bool
    ) -> Iterable[int]:
        if not is_helped:
            return days
        if began is None:
            return ()
        near = [m for m in days if m <= began and (on(began, 1) - days[m]).days <= 60]
        return near[-1:]

    def _end(self, days: Mapping[int, date], start: int, until: date | None) -> int | None:
        fitting = {
            each: abs((day - days[start]).days - 183)
            for each, day in days.items()
            if 150 <= (day - days[start]).days <= 240 and (until is None or day < until)
        }
        return min(fitting, key=lambda each: fitting[each], default=None)

    def _are_alike(
        self, one: int, other: int, left: Sequence[float], right: Sequence[float]
    ) -> bool:
        script = self.script
        area = script.place(one)[0][:8] == script.place(other)[0][:8]
        return (
            one != other
            and area
            and script.is_boy(one) == script.is_boy(other)
            and abs(left[0] - right[0]) <= 3 * 30.4375
            and abs(left[1] - right[1]) <= 0.3 + 1e-9
        )

    def _imbalance(self, pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> list[float]:
        """Return how unlike the groups are at the start by age and z, in standard deviations."""
        found = []
        for at in (0, 1):
            left, right = [one[at] for one, _ in pairs], [other[at] for _, other in pairs]
            spread = sqrt((stdev(left) ** 2 + stdev(right) ** 2) / 2) if len(pairs) > 1 else 0
            found.append((fmean(left) - fmean(right)) / spread if spread else 0.0)
        return found

    def _difference(self, pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> list[float]:
        """Return the difference of changes at no difference in z at the start, with its limits."""
        changes = [(one[2] - one[1]) - (other[2] - other[1]) for one, other in pairs]
        gaps = [one[1] - other[1] for one, other in pairs]
        found = linregress(gaps, changes)
        reach = float(student.ppf(0.975, len(pairs) - 2)) * float(found.intercept_stderr)
        mean = float(found.intercept)
        return [mean, mean - reach, mean + reach]
