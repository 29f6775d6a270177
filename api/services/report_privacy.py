"""Which figures of a month's tables by area may leave the office."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.report_columns import is_unknown
from api.services.report_reach import KEPT_OFF, LEFT
from data.monitoring import SMALLEST_SHOWN
from data.reference.regions import regions

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from data.monitoring.suppression import Sum

__all__ = ["CITY_ALONE", "REASON", "Beside", "FigureCell", "Tables", "Told", "hidden_figures"]

FigureCell = tuple[str, str, str]
"""Level, name of the area (empty: the city, or unknown), indicator."""
CITY_ALONE = "city alone"
"""Level of the city's own figures, which no areas add up to."""
REASON = "reason"
"""Level of the cells of reasons, which stand beside the tables by area."""
OF_THE_CITY = ("city", CITY_ALONE)
RARE_IN_CITY = 50
"""Of fewer children than these in a whole city, one more in the next version is one of few."""
OF_PARCELS = ("delivery_", "genting_", "sponsors_", "target_packed", "target_received")
"""Figures of what became of parcels, and of grown-up sponsors: they say nothing of a child."""
MADE_UP_OF: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("target_known", (LEFT, "target_registered")),
    ("target_registered", (*(group for group in KEPT_OFF if group != LEFT), "target_eligible")),
    ("target_received", ("delivery_delivered", "delivery_partial")),
    ("delivery_planned", ("target_packed",)),
    ("target_eligible", ("matching_matched", "matching_unmatched")),
    ("nutrition_supported", ("matching_matched",)),
    ("delivery_planned", ("delivery_delivered", "delivery_partial", "delivery_failed")),
    ("delivery_reached", ("delivery_delivered", "delivery_partial")),
    (
        "nutrition_measured",
        ("nutrition_gain_n", "nutrition_gain_t", "nutrition_gain_o", "nutrition_gain_b"),
    ),
    (
        "nutrition_haz_children",
        ("nutrition_status_up", "nutrition_status_same", "nutrition_status_down"),
    ),
)
"""Figures that readers can take for the sum of others; each counts only where it is true."""
PART_OF = (
    ("target_consented", "target_eligible"),
    ("target_with_consent", "target_registered"),
    ("target_packed", "matching_matched"),
    ("target_received", "target_packed"),
    ("target_eligible", "target_registered"),
    ("nutrition_measured", "nutrition_supported"),
    ("delivery_reached", "delivery_planned"),
    ("delivery_late", "delivery_reached"),
    ("delivery_evidenced", "delivery_reached"),
    ("delivery_stops_done", "delivery_stops"),
    ("nutrition_severe_referred", "nutrition_severe"),
)
"""Figures that count some of those that another counts: who is missing is as telling."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Counts that stand beside the tables by area: reasons, and figures of the city alone.

    ``sums`` are a whole and its parts, ``parts`` a part and the whole it is taken from; both may
    name cells of the tables by area. Each counts only where it is true.
    """

    counts: tuple[tuple[FigureCell, int], ...] = ()
    sums: tuple[tuple[FigureCell, tuple[FigureCell, ...]], ...] = ()
    parts: tuple[tuple[FigureCell, FigureCell], ...] = ()

    def __add__(self, other: Beside) -> Beside:
        """Return both."""
        return Beside(self.counts + other.counts, self.sums + other.sums, self.parts + other.parts)


@dataclass(frozen=True, slots=True)
class Told:
    """What an earlier version of the same tables told: all its counts, and which it hid."""

    counts: Mapping[FigureCell, int]
    hidden: frozenset[FigureCell]


@dataclass(frozen=True, slots=True)
class Tables:
    """The cells of a month's tables with those beside them, and everything that adds up in them.

    ``unpublished`` are cells of ``counts`` that no table shows but that could be worked out.
    """

    counts: Mapping[FigureCell, int]
    unpublished: frozenset[FigureCell]
    sums: tuple[Sum[FigureCell], ...]

    @classmethod
    def of(
        cls,
        levels: Mapping[str, Mapping[str, Mapping[str, float | None]]],
        *,
        codes: Iterable[str],
        beside: Beside | None = None,
    ) -> Tables:
        """Return the tables of kelurahan, kecamatan and city, and what stands beside them.

        Parameters
        ----------
        levels
            Level → area's name → figure → count.
        codes
            The counts that the tables show; all of them are whole numbers.
        """
        shown, beside = frozenset(codes), beside or Beside()
        # Sorted, so that the same figures hide the same cells in every process.
        counts = dict(
            sorted(
                ((level, area, code), int(row.get(code) or 0))
                for level, areas in levels.items()
                for area, row in areas.items()
                for code in shown
            )
        )
        places = tuple((level, area) for level, areas in levels.items() for area in areas)
        unknown = {
            (level, area, code)
            for level, area in places
            for code in shown
            if is_unknown(code, levels[level][area])
        }
        missing, sums = _parts(counts, places, shown, unknown)
        sums += _sums_of_figures(counts, places, shown) + _sums_of_areas(places, sorted(shown))
        counts |= dict(beside.counts)
        sums += _sums_beside(counts, missing, beside)
        return cls(counts | missing, frozenset(missing), tuple(sums))


def hidden_figures(
    tables: Tables,
    *,
    earlier: Sequence[Told] = (),
    reached: Callable[[float], None] = lambda _share: None,
) -> frozenset[FigureCell]:
    """Return the cells to hide.

    With them goes what would undo an earlier version of the same tables: what that one hid and what
    is still within four of it, and what it showed and what differs now by one to four, but for
    the city's large totals and those of parcels (ADR 0022).
    """
    from data.monitoring.suppression import suppressed  # scipy is slow to load

    kept = {cell for told in earlier for cell in _undoing(tables.counts, told)}
    hidden = suppressed(
        tables.counts,
        tables.sums,
        unpublished=tables.unpublished,
        hidden_elsewhere=sorted(kept),
        reached=reached,
    )
    return hidden - tables.unpublished


def _undoing(counts: Mapping[FigureCell, int], told: Told) -> Iterator[FigureCell]:
    """Give the cells that beside an earlier version would say something of one to four children."""
    for cell, now in counts.items():
        if not now or cell not in told.counts:
            continue
        before = told.counts[cell]
        if abs(now - before) < SMALLEST_SHOWN and (
            cell in told.hidden or _change_tells_of_few(cell, before, now)
        ):
            yield cell


def _change_tells_of_few(cell: FigureCell, before: int, now: int) -> bool:
    """Whether a change by one to four says something of few children; in a city rarely."""
    level, _, code = cell
    if level not in OF_THE_CITY:
        return before != now
    return before != now and min(before, now) < RARE_IN_CITY and not code.startswith(OF_PARCELS)


def _sums_beside(
    counts: Mapping[FigureCell, int], missing: dict[FigureCell, int], beside: Beside
) -> list[Sum[FigureCell]]:
    """Return what adds up beside the tables; who is missing from a part joins ``missing``."""
    from data.monitoring.suppression import Sum

    found = [
        Sum(whole, parts)
        for whole, parts in beside.sums
        if parts
        and all(cell in counts for cell in (whole, *parts))
        and counts[whole] == sum(counts[part] for part in parts)
    ]
    for part, whole in beside.parts:
        if part in counts and whole in counts and counts[whole] >= counts[part]:
            rest = (*whole[:2], f"{whole[2]} less {' '.join(part)}")
            missing[rest] = counts[whole] - counts[part]
            found.append(Sum(whole, (part, rest)))
    return found


def _sums_of_figures(
    counts: Mapping[FigureCell, int], places: Iterable[tuple[str, str]], shown: frozenset[str]
) -> list[Sum[FigureCell]]:
    """Return which figures of one place add up to another there."""
    from data.monitoring.suppression import Sum

    found = []
    for place in places:
        for whole, parts in MADE_UP_OF:
            if shown.issuperset((whole, *parts)):
                cells = tuple((*place, code) for code in parts)
                if counts[*place, whole] == sum(counts[cell] for cell in cells):
                    found.append(Sum((*place, whole), cells))
    return found


def _parts(
    counts: Mapping[FigureCell, int],
    places: Iterable[tuple[str, str]],
    shown: frozenset[str],
    unknown: Container[FigureCell],
) -> tuple[dict[FigureCell, int], list[Sum[FigureCell]]]:
    """Return how many are missing from each part, and that part and missing make up the whole.

    From a part that is not known nobody can tell who is missing.
    """
    from data.monitoring.suppression import Sum

    missing: dict[FigureCell, int] = {}
    sums = []
    for place in places:
        for part, whole in PART_OF:
            if not shown.issuperset((whole, part)) or (*place, part) in unknown:
                continue
            rest = (*place, f"{whole} less {part}")
            number = counts[*place, whole] - counts[*place, part]
            if number >= 0:
                missing[rest] = number
                sums.append(Sum((*place, whole), ((*place, part), rest)))
    return missing, sums


def _sums_of_areas(
    places: Iterable[tuple[str, str]], codes: Iterable[str]
) -> list[Sum[FigureCell]]:
    """Return that kelurahan make up their kecamatan, and these the city."""
    from data.monitoring.suppression import Sum

    areas: defaultdict[str, list[str]] = defaultdict(list)
    for level, area in places:
        areas[level].append(area)
    kecamatan_of = {
        ward.name: regions().kecamatan(ward.kecamatan_code).name for ward in regions().all_kelurahan
    }
    wards: defaultdict[str, list[str]] = defaultdict(list)
    for ward in areas["kelurahan"]:
        wards[kecamatan_of.get(ward, "")].append(ward)
    wholes = [
        *((("kecamatan", area), "kelurahan", wards[area]) for area in areas["kecamatan"]),
        *((("city", city), "kecamatan", areas["kecamatan"]) for city in areas["city"]),
    ]
    return [
        Sum((*whole, code), tuple((level, part, code) for part in parts))
        for code in codes
        for whole, level, parts in wholes
    ]
