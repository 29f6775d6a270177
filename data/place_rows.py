"""Which rows of which table lie in a place, as conditions in SQL; every table stands here."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.place import Place

__all__ = ["COMMON", "INSIDE", "KEPT_BY_ANYBODY", "REFUSED", "conditions", "with_needs"]

Condition: TypeAlias = tuple[str, dict[str, Any]]
"""A text with ``:names`` of values, and the values."""

_OF_HOME = "household_id IN (SELECT id FROM household)"
_OF_CHILD = "child_id IN (SELECT id FROM child)"
_OF_PACKAGE = "package_id IN (SELECT id FROM package)"
_OF_ACCOUNT = "account_id IN (SELECT id FROM account)"

INSIDE: Mapping[str, str] = {
    "household": ":home",
    "child": _OF_HOME,
    "accompaniment": _OF_HOME,
    "stop": _OF_HOME,
    "measurement": _OF_CHILD,
    "consent": _OF_CHILD,
    "changerequest": _OF_CHILD,
    "growthreview": _OF_CHILD,
    "otherhelp": _OF_CHILD,
    "cyclechild": _OF_CHILD,
    "unassigned": _OF_CHILD,
    "donoralias": _OF_CHILD,
    "assignment": _OF_CHILD,
    "fulfilment": _OF_CHILD,
    "package": _OF_CHILD,
    "consumptioncheck": _OF_CHILD,
    "packageline": _OF_PACKAGE,
    "deliveryevent": _OF_PACKAGE,
    "deliveryphoto": _OF_PACKAGE,
    "deliveryexception": _OF_PACKAGE,
    "verificationcall": _OF_PACKAGE,
    "droppoint": ":point",
    "companionteam": ":team",
    "supervisionvisit": ":visit",
    "supervisionfinding": "visit_id IN (SELECT id FROM supervisionvisit)",
    "duplicatepair": (
        "kind = 'child' AND first_id IN (SELECT id FROM child)"
        " AND second_id IN (SELECT id FROM child)"
    ),
    "account": "id = :account_id",
    "signin": _OF_ACCOUNT,
    "auditentry": '"by" = :username',
}
"""Table → which of its rows lie inside. A name in a condition is that table as the place sees it;
``:home`` and the like are made of the place."""
COMMON = frozenset({"attemptcount", "audithead", "cycle"})
"""Tables that a place sees whole: names and states of months, the chain's head, counts."""
KEPT_BY_ANYBODY = frozenset({"attemptcount", "auditentry", "audithead"})
"""Tables that everybody's deeds write in, whatever their place."""
REFUSED = frozenset(
    {
        "amendment", "courierpair", "cyclemove", "cyclepledge", "depot", "donormessage",
        "goodslimit", "hiddenfigures", "hold", "importbatch", "job", "matchpolicy", "matchrun",
        "officehead", "onetimelink", "paymentguide", "pickup", "pillartext", "planrun", "pledge",
        "pledgereceipt", "publishedfigure", "replacement", "reportversion", "roadclosure",
        "roadmap", "route", "shortage", "sponsor", "stockitem", "stockmove", "unservedstop",
        "vehicle",
    }
)  # fmt: skip
"""Tables of the whole office, which no place sees."""
NOTHING: Condition = ("1 = 0", {})
OF_THE_PLACE = (":home", ":point", ":team", ":visit")
VALUE = re.compile(r":(\w+)")


def conditions(place: Place) -> dict[str, Condition]:
    """Return table → which of its rows lie in a place."""
    made = dict(zip(OF_THE_PLACE, _of_the_place(place), strict=True))
    own = {"account_id": place.account_id, "username": place.username}
    return {
        table: made[text]
        if text in made
        else (text, {name: own[name] for name in VALUE.findall(text)})
        for table, text in INSIDE.items()
    }


def with_needs(tables: Iterable[str]) -> list[str]:
    """Return tables with those that their conditions name, each after what it needs."""
    found: list[str] = []
    for table in sorted(tables):
        text = INSIDE[table]
        needs = re.findall(r"FROM (\w+)", text) or (
            ["household"] if text in OF_THE_PLACE[1:] else []
        )
        found += [each for each in (*with_needs(needs), table) if each not in found]
    return found


def _of_the_place(place: Place) -> Sequence[Condition]:
    """Return which homes, drop points, teams and visits lie in a place."""
    if place.wards is not None:
        area = _among("kelurahan_code", "ward", place.wards)
    elif place.puskesmas is not None:
        area = ("kelurahan_code IN (SELECT kelurahan_code FROM household)", {})
    else:
        return [NOTHING] * len(OF_THE_PLACE)
    own = place.posyandu
    homes = [area] if place.wards is not None else []
    homes += [_among("posyandu", "posyandu", own)] if own else []
    if place.puskesmas is not None:
        homes.append(("puskesmas = :puskesmas", {"puskesmas": place.puskesmas}))
    return (
        _all_of(homes),
        _all_of([area, *([_among("name", "posyandu", own)] if own else [])]),
        _all_of([area, *([_accompanying(own)] if own else [])]),
        _all_of([area, *([_among("posyandu", "posyandu", own)] if own else [])]),
    )


def _among(column: str, kind: str, wanted: Iterable[str]) -> Condition:
    values = {f"{kind}_{number}": each for number, each in enumerate(wanted)}
    return (
        (f"{column} IN ({', '.join(f':{name}' for name in values)})", values)
        if values
        else (NOTHING)
    )


def _accompanying(posyandu: Iterable[str]) -> Condition:
    """Return which teams accompany one of some posyandu: those of its name, or of all there.

    Not by LIKE, which takes small letters for capitals on SQLite and not on PostgreSQL.
    """
    values = {f"team_{number}": json.dumps(each) for number, each in enumerate(posyandu)}
    names = "cast(posyandu AS text)"
    named = [f"replace({names}, :{name}, '') <> {names}" for name in values]
    return f"({' OR '.join([*named, 'cast(posyandu AS text) = :team_all'])})", values | {
        "team_all": "[]"
    }


def _all_of(parts: Sequence[Condition]) -> Condition:
    values = {name: value for _, own in parts for name, value in own.items()}
    return " AND ".join(text for text, _ in parts), values
