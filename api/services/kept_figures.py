"""What a version keeps of a closed month's figures: written, read back, left by a correction."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, OrderedDict, defaultdict
from dataclasses import asdict, dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlmodel import col, select

from api.services.report_counts import REACHED, Counts
from api.services.report_growth import Growth
from api.services.report_reach import LEFT, STEPS, step_of
from data.monitoring.targeting import Covered, LeftOut, Received, Targeting
from data.schema import ReportVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from data.monitoring.effect import Effect

__all__ = [
    "Figures",
    "as_reported",
    "digest_of",
    "is_of_way",
    "read_content",
    "read_version",
    "read_versions",
    "written",
]

Levels: TypeAlias = dict[str, dict[str, dict[str, float | None]]]
"""Level → area's name → figure → value."""
Readings: TypeAlias = dict[str, dict[str, dict[str, list[int]]]]
"""Kelurahan code → posyandu → ``height`` or ``weight`` → how often each last digit was read."""
MOST_AT_HAND = 64

_at_hand: OrderedDict[str, Figures] = OrderedDict()
"""The last versions that were read, by digest: what has one digest never changes."""
_reaching = Lock()

OF_REGISTER = (
    LEFT, "target_with_consent", "target_consented", "target_graduated", "target_left",
)  # fmt: skip
"""Figures by area that hang on what the register says of children today."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a month; ``version`` is None while the month is open.

    ``readings``, ``effect`` and ``targeting`` are kept when a month closes or is counted anew; None
    while it is open, and in versions from before they were kept.
    """

    counts: Counts
    growth: Growth
    version: ReportVersion | None = None
    readings: Readings | None = None
    effect: Mapping[str, Effect] | None = None
    targeting: Targeting | None = None
    levels: Levels | None = field(default=None, compare=False, repr=False)

    def of_city(self) -> dict[str, int | float]:
        """Return the numbers that belong to no area."""
        return {
            code: value for code, value in self.counts.city.items() if not isinstance(value, str)
        } | {
            "genting_packages": sum(
                row[code] for row in self.counts.areas.values() for code in REACHED
            )
        }

    def by_level(self) -> Levels:
        """Return level → area's name → figure → value, counts and growth together."""
        if self.levels is not None:
            return self.levels
        grown = self.growth.by_level
        return {
            level: {
                area: {**areas.get(area, {}), **grown.get(level, {}).get(area, {})}
                for area in areas.keys() | grown.get(level, {}).keys()
            }
            for level, areas in self.counts.by_level().items()
        }


def read_version(session: Session, version: ReportVersion) -> Figures:
    """Return the figures of a version."""
    return read_versions(session, [version])[0]


def read_versions(session: Session, versions: Sequence[ReportVersion]) -> list[Figures]:
    """Return the figures of versions, in their order; those not at hand are read at once."""
    with _reaching:
        known = {each.digest: _at_hand.get(each.digest) for each in versions}
    wanted = [each.id for each in versions if known[each.digest] is None]
    if wanted:
        rows = session.exec(
            select(ReportVersion.digest, ReportVersion.figures).where(
                col(ReportVersion.id).in_(wanted)
            )
        )
        known |= {digest: read_content(dict(content)) for digest, content in rows}
    found = {digest: figures for digest, figures in known.items() if figures is not None}
    with _reaching:
        _at_hand.update(found)
        for digest in found:
            _at_hand.move_to_end(digest)
        while len(_at_hand) > MOST_AT_HAND:
            _at_hand.popitem(last=False)
    return [replace(found[each.digest], version=each) for each in versions]


def read_content(content: dict[str, Any]) -> Figures:
    """Return the figures that a version's content stands for."""
    areas: dict[str, Counter[str]] = defaultdict(Counter)
    areas |= {code: Counter(row) for code, row in content["areas"].items()}
    counts = Counts(
        areas=areas,
        city=content["city"],
        causes=content.get("causes"),
        unmatched_reasons=content["unmatched_reasons"],
        failure_reasons=content["failure_reasons"],
        sponsors=[(code, *numbers) for code, *numbers in content["sponsors"]],
        teams=content.get("teams", {}),
    )
    figures = Figures(
        counts,
        Growth(content["growth"]),
        readings=content.get("readings"),
        effect=_effect(content.get("effect") or {}),
        targeting=_targeting(content.get("targeting")),
    )
    return replace(figures, levels=figures.by_level())


def _effect(content: dict[str, dict[str, Any]]) -> dict[str, Effect] | None:
    if not content:
        return None
    from data.monitoring.effect import Effect, Estimate, Why  # scipy is slow to load

    def estimate(values: dict[str, Any] | None) -> Estimate | None:
        return Estimate(**values) if values else None

    return {
        index: Effect(
            **kept
            | {
                "estimate": estimate(kept["estimate"]),
                "before": estimate(kept["before"]),
                "why": Why(kept["why"]),
            }
        )
        for index, kept in content.items()
    }


def _targeting(content: dict[str, Any] | None) -> Targeting | None:
    if content is None:
        return None
    rows: dict[str, type[Covered | LeftOut | Received]] = {
        "tiers": Covered, "ages": Covered, "sexes": Covered, "left_out": LeftOut,
        "received": Received,
    }  # fmt: skip
    return Targeting(
        **content
        | {
            block: {name: kind(**row) for name, row in content[block].items()}
            for block, kind in rows.items()
        }
    )


def digest_of(content: Mapping[str, object]) -> str:
    """Return the SHA-256 of a version's content in its canonical form."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def written(figures: Figures) -> dict[str, Any]:
    """Return what a version keeps of a month's figures."""
    counts = figures.counts
    found = {
        "areas": {code: dict(row) for code, row in sorted(counts.areas.items())},
        "city": dict(counts.city),
        "causes": counts.causes,
        "unmatched_reasons": dict(counts.unmatched_reasons),
        "failure_reasons": dict(counts.failure_reasons),
        "sponsors": [list(row) for row in counts.sponsors],
        "growth": figures.growth.by_level,
        "teams": counts.teams,
        "readings": figures.readings,
        "effect": {index: _rounded(asdict(each)) for index, each in (figures.effect or {}).items()},
    }
    if figures.targeting is not None:
        found["targeting"] = _rounded(asdict(figures.targeting))
    return found


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    """Return values with six decimals: the order of additions must not make another version."""
    return {
        name: _rounded(value)
        if isinstance(value, dict)
        else round(value, 6)
        if isinstance(value, float)
        else value
        for name, value in values.items()
    }


def as_reported(content: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    """Return counted figures with those of the register as the last version told them.

    What that version was not asked for is not told by a correction either.
    """
    received_rp = {code: rupiah for code, *_, rupiah in last["sponsors"]}
    kept = content | {
        "growth": last["growth"],
        "readings": last.get("readings"),
        "effect": last.get("effect"),
        "areas": {
            code: _area_as_reported(content["areas"].get(code, {}), last["areas"].get(code, {}))
            for code in sorted(content["areas"].keys() | last["areas"].keys())
        },
        "city": content["city"]
        | {code: value for code, value in last["city"].items() if code.startswith("sponsors_")},
        "sponsors": [
            [code, *children, received_rp.get(code, rupiah)]
            for code, *children, rupiah in content["sponsors"]
        ],
    }
    if "targeting" in last:
        kept["targeting"] = last["targeting"]
    if last.get("causes") is None:
        areas = {
            area: {code: count for code, count in row.items() if not is_of_way(code)}
            | {code: count for code, count in last["areas"].get(area, {}).items()
               if is_of_way(code)}
            for area, row in kept["areas"].items()
        }  # fmt: skip
        told = {"causes": None, "unmatched_reasons": last["unmatched_reasons"]}
        return kept | {"areas": areas} | told
    causes = {
        cause: count
        for part, is_registers in ((content, False), (last, True))
        for cause, count in part["causes"].items()
        if (step_of(cause) == STEPS[0]) is is_registers
    }
    return kept | {"causes": dict(sorted(causes.items()))}


def _area_as_reported(counted: dict[str, int], last: dict[str, int]) -> dict[str, int]:
    """Return an area's figures; whom the register lets go since was known all the same."""
    row = {code: count for code, count in counted.items() if code not in OF_REGISTER}
    row |= {code: last[code] for code in OF_REGISTER if code in last}
    if "target_known" in row:
        row["target_known"] = row.get(LEFT, 0) + row.get("target_registered", 0)
    return row


def is_of_way(code: str) -> bool:
    """Whether a figure is told only where it was counted what stopped each child."""
    return ":" in code or code.startswith("kept_off_") or code in (
        "target_known", "target_consented", "target_with_consent", *STEPS[-2:],
    )  # fmt: skip
