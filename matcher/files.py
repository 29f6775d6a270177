"""Problems and results as JSON files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.matching import (
    Certificate,
    LevelResult,
    LevelStatus,
    Matching,
    Proof,
)
from matcher.policy import LevelName, Policy
from matcher.problem import MatchingProblem
from matcher.schema import PROBLEM_FORMAT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RESULT_FORMAT = "asuh-matching-result/1"


class FileFormatError(ValueError):
    """A file has not the shape it should have; `where` is the place, `problem` what is wrong.

    `what` is the code of the problem and `params` its values, for whoever says it in words.
    """

    def __init__(
        self, where: str, problem: str, what: str = "unreadable", **params: object
    ) -> None:
        self.where, self.problem = where, problem
        self.what, self.params = what, params
        super().__init__(f"{where}: {problem}")


def problem_to_json(problem: MatchingProblem) -> dict[str, Any]:
    """Return a problem as plain JSON values, by codes instead of row numbers."""
    places, goods = problem.kelurahan_codes, problem.good_ids
    districts = problem.kelurahan_kecamatan.tolist()
    return {
        "format": PROBLEM_FORMAT,
        "month": problem.month,
        "kelurahan": [
            {"code": code, "kecamatan": problem.kecamatan_codes[district]}
            for code, district in zip(places, districts, strict=True)
        ],
        "kecamatan": list(problem.kecamatan_codes),
        "sponsors": list(problem.sponsor_ids),
        "goods": list(goods),
        "children": [_child_to_json(problem, row) for row in range(problem.num_children)],
        "pledges": [_pledge_to_json(problem, row) for row in range(problem.num_pledges)],
        "delivery_hm": problem.delivery_hm.tolist(),
        "packages": list(problem.package_ids),
        "package_price_rp": problem.package_price_rp.tolist(),
        "kept": _codes(problem.kept, problem.child_ids, problem.pledge_ids),
        "pins": _codes(problem.pins, problem.child_ids, problem.pledge_ids),
        "bans": _codes(problem.bans, problem.child_ids, problem.pledge_ids),
        "conflicts": _codes(problem.conflicts, problem.child_ids, problem.sponsor_ids),
    }


def _child_to_json(problem: MatchingProblem, row: int) -> dict[str, Any]:
    return {
        "id": problem.child_ids[row],
        "tier": int(problem.tier[row]),
        "points": int(problem.points[row]),
        "months_waiting": int(problem.months_waiting[row]),
        "kelurahan": problem.kelurahan_codes[problem.kelurahan[row]],
        "household": f"H{int(problem.household[row])}",
        "lat": float(problem.child_lat[row]),
        "lon": float(problem.child_lon[row]),
        "forbidden_goods": _named_bits(problem, int(problem.forbidden_goods[row])),
        "kit_goods": _named_bits(problem, int(problem.kit_goods[row])),
        **_package_to_json(problem, row),
    }


def _package_to_json(problem: MatchingProblem, row: int) -> dict[str, str]:
    if not problem.package_ids:
        return {}
    return {"package": problem.package_ids[problem.package[row]]}


def _pledge_to_json(problem: MatchingProblem, row: int) -> dict[str, Any]:
    home = int(problem.pledge_kelurahan[row])
    return {
        "id": problem.pledge_ids[row],
        "sponsor": problem.sponsor_ids[problem.sponsor[row]],
        "capacity": int(problem.capacity[row]),
        "lat": float(problem.pledge_lat[row]),
        "lon": float(problem.pledge_lon[row]),
        "kelurahan": problem.kelurahan_codes[home] if home >= 0 else None,
        "goods": _named_bits(problem, int(problem.goods[row])),
        "accepts": [problem.kelurahan_codes[k] for k in problem.accepted_by(row).tolist()],
        "wishes": [problem.kelurahan_codes[k] for k in problem.wishes_of(row).tolist()],
        "standby": bool(problem.standby[row]),
        "budget_rp": int(problem.budget_rp[row]) if problem.budget_rp[row] >= 0 else None,
    }


def _named_bits(problem: MatchingProblem, mask: int) -> list[str]:
    return [name for bit, name in enumerate(problem.good_ids) if mask >> bit & 1]


def _codes(
    pairs: NDArray[np.int32], first: tuple[str, ...], second: tuple[str, ...]
) -> list[list[str]]:
    return [[first[a], second[b]] for a, b in pairs.tolist()]


def problem_from_json(content: dict[str, Any]) -> MatchingProblem:
    """Read what `problem_to_json` wrote, or what a person wrote after `problem_schema`.

    Codes that are not listed become rows that `MatchingProblem.validate` names.

    Raises
    ------
    FileFormatError
        The content has not this shape; says where.
    """
    return _Reader(content).problem()


class _Reader:
    """Reads one problem, keeping track of where it is."""

    def __init__(self, content: Any) -> None:
        self.content = self._object(content, "file")
        if self.content.get("format") != PROBLEM_FORMAT:
            raise FileFormatError(
                "format", f"must be {PROBLEM_FORMAT!r}", "wrong_format", known=PROBLEM_FORMAT
            )

    def problem(self) -> MatchingProblem:
        places = self._rows("kelurahan", {"code": str, "kecamatan": str})
        goods = self._texts(self.content.get("goods", []), "goods")
        children = self._rows(
            "children",
            {"id": str, "tier": int, "points": int, "kelurahan": str, "lat": float, "lon": float},
        )
        pledges = self._rows(
            "pledges", {"id": str, "sponsor": str, "capacity": int, "lat": float, "lon": float}
        )
        codes = tuple(place["code"] for place in places)
        districts = self._all_codes("kecamatan", [place["kecamatan"] for place in places])
        sponsors = self._all_codes("sponsors", [pledge["sponsor"] for pledge in pledges])
        accepts, wishes = self._areas(pledges, "accepts"), self._areas(pledges, "wishes")
        packages = tuple(self._texts(self.content.get("packages", []), "packages"))
        place_at, sponsor_at, district_at = _index(codes), _index(sponsors), _index(districts)
        package_at = _index(packages)
        nothing = 0 if len(packages) <= 1 else -1
        child_ids = tuple(child["id"] for child in children)
        pledge_ids = tuple(pledge["id"] for pledge in pledges)
        ids = _index(child_ids), _index(pledge_ids)
        homes = [pledge.get("kelurahan") for pledge in pledges]
        return MatchingProblem(
            month=str(self.content.get("month", "")),
            kelurahan_codes=codes,
            kelurahan_kecamatan=_column(
                [district_at.get(place["kecamatan"], -1) for place in places]
            ),
            kecamatan_codes=districts,
            good_ids=tuple(goods),
            child_ids=child_ids,
            tier=_column([child["tier"] for child in children]),
            points=_column([child["points"] for child in children]),
            months_waiting=_column([child.get("months_waiting", 0) for child in children]),
            kelurahan=_column([place_at.get(child["kelurahan"], -1) for child in children]),
            household=_households(children),
            child_lat=_column([child["lat"] for child in children]),
            child_lon=_column([child["lon"] for child in children]),
            forbidden_goods=self._masks(children, "children", "forbidden_goods", goods),
            pledge_ids=pledge_ids,
            sponsor_ids=sponsors,
            sponsor=_column([sponsor_at.get(pledge["sponsor"], -1) for pledge in pledges]),
            capacity=_column([pledge["capacity"] for pledge in pledges]),
            pledge_lat=_column([pledge["lat"] for pledge in pledges]),
            pledge_lon=_column([pledge["lon"] for pledge in pledges]),
            pledge_kelurahan=_column(
                [-1 if home is None else place_at.get(home, -2) for home in homes]
            ),
            goods=self._masks(pledges, "pledges", "goods", goods),
            accepted_start=_column(np.cumsum([0, *map(len, accepts)]).tolist()),
            accepted_kelurahan=_column(
                [place_at.get(code, -1) for listed in accepts for code in listed]
            ),
            wished_start=_column(np.cumsum([0, *map(len, wishes)]).tolist()),
            wished_kelurahan=_column(
                [place_at.get(code, -1) for listed in wishes for code in listed]
            ),
            kit_goods=self._masks(children, "children", "kit_goods", goods),
            delivery_hm=self._table("delivery_hm", len(codes)),
            package_ids=packages,
            package=_column(
                [package_at.get(child.get("package", ""), nothing) for child in children]
            ),
            package_price_rp=self._table("package_price_rp", len(packages)),
            budget_rp=_column([self._budget(pledge, at) for at, pledge in enumerate(pledges)]),
            standby=_column([bool(pledge.get("standby", False)) for pledge in pledges]),
            kept=self._pairs("kept", *ids),
            pins=self._pairs("pins", *ids),
            bans=self._pairs("bans", *ids),
            conflicts=self._pairs("conflicts", ids[0], sponsor_at),
        )

    def _all_codes(self, name: str, used: list[str]) -> tuple[str, ...]:
        """Return the codes listed; where there is no list, those used.

        What is used beside a list is a fault of the problem, which finds all of them at once.
        """
        listed = self._texts(self.content.get(name, []), name)
        return tuple(dict.fromkeys(listed or used))

    def _areas(self, pledges: list[dict[str, Any]], name: str) -> list[list[str]]:
        return [
            self._texts(pledge.get(name, []), f"pledges[{row}].{name}")
            for row, pledge in enumerate(pledges)
        ]

    def _table(self, name: str, width: int) -> NDArray[Any]:
        rows = self.content.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise FileFormatError(
                name, "must be a list of lists of whole numbers", "expected_matrix"
            )
        whole = all(isinstance(number, int) for row in rows for number in row)
        if not whole or any(len(row) != width for row in rows):
            raise FileFormatError(
                name, f"must have {width} whole numbers in each row", "row_width", expected=width
            )
        return _column(rows) if rows else np.empty(0)

    @staticmethod
    def _budget(pledge: dict[str, Any], at: int) -> int:
        budget = pledge.get("budget_rp")
        if budget is None:
            return -1
        if not isinstance(budget, int) or isinstance(budget, bool):
            raise FileFormatError(
                f"pledges[{at}].budget_rp", "must be a whole number", "expected_whole_number"
            )
        return budget if budget != -1 else -2

    @staticmethod
    def _object(value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise FileFormatError(where, "must be an object", "expected_object")
        return value

    @staticmethod
    def _texts(value: Any, where: str) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise FileFormatError(where, "must be a list of texts", "expected_texts")
        return value

    def _rows(self, name: str, needed: dict[str, type]) -> list[dict[str, Any]]:
        rows = self.content.get(name)
        if not isinstance(rows, list):
            raise FileFormatError(name, "must be a list", "expected_list")
        for at, row in enumerate(rows):
            entry = self._object(row, f"{name}[{at}]")
            for key, kind in needed.items():
                value = entry.get(key)
                fits = isinstance(value, (int, float) if kind is float else kind)
                if not fits or isinstance(value, bool):
                    raise FileFormatError(
                        f"{name}[{at}].{key}", f"must be {_KINDS[kind]}", _KIND_CODES[kind]
                    )
        return rows

    def _masks(
        self, rows: list[dict[str, Any]], name: str, key: str, goods: list[str]
    ) -> NDArray[Any]:
        bits = {good: 1 << bit for bit, good in enumerate(goods)}
        masks = np.zeros(len(rows), dtype=np.uint64)
        for at, row in enumerate(rows):
            for good in self._texts(row.get(key, []), f"{name}[{at}].{key}"):
                if good not in bits:
                    raise FileFormatError(
                        f"{name}[{at}].{key}",
                        f"{good!r} is not in goods",
                        "unknown_good",
                        found=good,
                    )
                masks[at] |= np.uint64(bits[good])
        return masks

    def _pairs(self, name: str, first: dict[str, int], second: dict[str, int]) -> NDArray[Any]:
        pairs = []
        for at, pair in enumerate(self.content.get(name, [])):
            if len(self._texts(pair, f"{name}[{at}]")) != 2:
                raise FileFormatError(f"{name}[{at}]", "must be a pair of codes", "expected_pair")
            pairs.append((first.get(pair[0], -1), second.get(pair[1], -1)))
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)


_KINDS = {str: "a text", int: "a whole number", float: "a number"}
_KIND_CODES = {str: "expected_text", int: "expected_whole_number", float: "expected_number"}


def _index(codes: tuple[str, ...]) -> dict[str, int]:
    return {code: row for row, code in enumerate(codes)}


def _column(values: list[Any]) -> NDArray[Any]:
    return np.asarray(values)


def _households(children: list[dict[str, Any]]) -> NDArray[Any]:
    """Return a number per household; a child without one is its own."""
    names = [child.get("household") or f"\x00{row}" for row, child in enumerate(children)]
    numbers = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return _column([numbers[name] for name in names])


def write_problem(problem: MatchingProblem, path: Path) -> None:
    """Write a problem."""
    path.write_text(json.dumps(problem_to_json(problem), indent=1) + "\n", encoding="utf-8")


def read_problem(path: Path) -> MatchingProblem:
    """Read a problem.

    Raises
    ------
    FileFormatError
        It is no problem file; says where.
    """
    return problem_from_json(_load(path))


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FileFormatError(path.name, f"is not JSON: {error}", "not_json") from error


def result_to_json(problem: MatchingProblem, matching: Matching) -> dict[str, Any]:
    """Return a result with its problem as plain JSON values."""
    candidates = None
    if matching.candidate_start is not None and matching.candidate_pledge is not None:
        candidates = {
            "start": matching.candidate_start.tolist(),
            "pledge": matching.candidate_pledge.tolist(),
        }
    return {
        "format": RESULT_FORMAT,
        "month": matching.month,
        "problem_hash": matching.problem_hash,
        "result_hash": matching.result_hash,
        "seed": matching.seed,
        "policy": matching.policy.to_json(),
        "seconds": round(matching.seconds, 3),
        "versions": matching.versions,
        "notes": list(matching.notes),
        "assignments": [list(pair) for pair in matching.pairs(problem)],
        "unassigned": sorted(problem.child_ids[row] for row in matching.uncovered.tolist()),
        "levels": [_level_to_json(level) for level in matching.levels],
        "candidates": candidates,
        **_fairest_to_json(problem, matching),
        "problem": problem_to_json(problem),
    }


def _fairest_to_json(problem: MatchingProblem, matching: Matching) -> dict[str, Any]:
    if matching.fairest is None:
        return {}
    content = result_to_json(problem, matching.fairest)
    return {"fairest": {name: content[name] for name in content if name not in _SAID_ONCE}}


_SAID_ONCE = ("format", "problem", "seconds", "versions")


def _level_to_json(level: LevelResult) -> dict[str, Any]:
    prices = level.certificate
    return {
        "name": level.name.value,
        "value": list(level.value),
        "cost": level.cost,
        "bound": level.bound,
        **({} if level.verified is None else {"verified": level.verified}),
        "status": level.status.value,
        "gap": level.gap,
        "proof": level.proof.value,
        "certificate": {
            "pledge": prices.pledge.tolist(),
            "sponsor": prices.sponsor.tolist(),
            "kelurahan": prices.kelurahan.tolist(),
            "multipliers": [[name.value, by] for name, by in prices.multipliers],
            **_relaxed_to_json(prices),
        },
    }


def _relaxed_to_json(prices: Certificate) -> dict[str, Any]:
    """Return the prices beyond those of the flow: of budgets, of children and households."""
    columns = {name: getattr(prices, name) for name in _RELAXED}
    told = {name: each.tolist() for name, each in columns.items() if each is not None}
    return {"scale": prices.scale, **told} if told else {}


_RELAXED = ("budget", "child", "household")


def write_result(problem: MatchingProblem, matching: Matching, path: Path) -> None:
    """Write a result with its problem, so that the file can be checked by itself."""
    path.write_text(json.dumps(result_to_json(problem, matching)) + "\n", encoding="utf-8")


def read_result(path: Path) -> tuple[MatchingProblem, Matching]:
    """Read a result and the problem in it.

    Raises
    ------
    FileFormatError
        It is no result file; says where.
    """
    return result_from_json(_load(path))


def result_from_json(content: Any) -> tuple[MatchingProblem, Matching]:
    """Read what `result_to_json` wrote.

    Raises
    ------
    FileFormatError
        The content has not this shape; says where.
    """
    if not isinstance(content, dict) or content.get("format") != RESULT_FORMAT:
        raise FileFormatError(
            "format", f"must be {RESULT_FORMAT!r}", "wrong_format", known=RESULT_FORMAT
        )
    try:
        problem = problem_from_json(content["problem"])
        return problem, _matching_from_json(problem, content)
    except FileFormatError:
        raise
    except KeyError as error:
        raise FileFormatError(
            "result", f"{error} is missing or unknown", "missing_or_unknown", found=str(error)
        ) from error
    except (TypeError, ValueError, OverflowError) as error:
        raise FileFormatError("result", str(error)) from error


def _matching_from_json(problem: MatchingProblem, content: dict[str, Any]) -> Matching:
    children, pledges = _index(problem.child_ids), _index(problem.pledge_ids)
    pledge_of = np.full(problem.num_children, -1, dtype=np.int32)
    for child, pledge in content["assignments"]:
        if pledge_of[children[child]] >= 0:
            raise FileFormatError(
                "assignments", f"child {child!r} appears twice", "child_twice", found=child
            )
        pledge_of[children[child]] = pledges[pledge]
    waiting = sorted(problem.child_ids[row] for row in np.flatnonzero(pledge_of < 0).tolist())
    if content.get("unassigned", waiting) != waiting:
        raise FileFormatError(
            "unassigned", "must name exactly the children without assignment", "not_the_unassigned"
        )
    policy = Policy.from_json(content["policy"])
    if content.get("seed", policy.seed) != policy.seed:
        raise FileFormatError("seed", "must be the policy's seed", "other_seed")
    candidates = content.get("candidates") or {}
    return Matching(
        month=content["month"],
        pledge_of=pledge_of,
        levels=tuple(_level_from_json(level) for level in content["levels"]),
        policy=policy,
        problem_hash=content["problem_hash"],
        result_hash=content["result_hash"],
        candidate_start=_integers(candidates["start"]) if candidates else None,
        candidate_pledge=_integers(candidates["pledge"]).astype(np.int32) if candidates else None,
        seconds=float(content.get("seconds", 0.0)),
        versions=dict(content.get("versions", {})),
        notes=tuple(content.get("notes", ())),
        fairest=_matching_from_json(problem, content["fairest"]) if "fairest" in content else None,
    )


def _level_from_json(level: dict[str, Any]) -> LevelResult:
    prices = level["certificate"]
    return LevelResult(
        name=LevelName(level["name"]),
        value=tuple(int(value) for value in level["value"]),
        cost=int(level["cost"]),
        bound=int(level["bound"]),
        verified=int(level["verified"]) if "verified" in level else None,
        status=LevelStatus(level["status"]),
        gap=float(level["gap"]),
        proof=Proof(level["proof"]),
        certificate=Certificate(
            pledge=_integers(prices["pledge"]),
            sponsor=_integers(prices["sponsor"]),
            kelurahan=_integers(prices["kelurahan"]),
            multipliers=tuple((LevelName(name), int(by)) for name, by in prices["multipliers"]),
            scale=int(prices.get("scale", 1)),
            **{name: _integers(prices[name]) for name in _RELAXED if name in prices},
        ),
    )


def _integers(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
