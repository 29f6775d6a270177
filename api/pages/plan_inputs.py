"""What a form of a plan asks beside goals: days, how far families walk, the time at a stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Request
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import Session

from api.i18n import Formats
from api.pages import typed_fields
from api.pages.shell import language_of
from api.services.errors import Invalid
from api.services.plan_days import days_on_offer, usual_days
from api.services.plan_goals import GoalLevels
from api.services.plan_options import MAX_WALK_M, DeliveryMode, ServiceTime
from data.schema import Cycle
from logistics.effort import Effort

Text = Annotated[str, StringConstraints(max_length=500)]
Level = Annotated[int, Field(ge=0, le=3)]
FARTHEST_WALK_M = 20_000
MINUTE_S = 60
LONGEST_S = {"menit_henti": 7_200, "menit_paket": 1_800}
DAYS, WALK = "hari_rute", "jalan_kaki"


class PlanForm(BaseModel):
    """A form that plans or prices; what is typed freely is text until it is read."""

    cara: DeliveryMode = DeliveryMode.HOMES
    cermat: Effort = Effort.USUAL
    cermat_harga: Effort = Effort.QUICK
    undian: Text = "1"
    compact: Level = 0
    even: Level = 0
    known: Level = 0
    regular: Level = 0
    lanjut: Text = ""
    hari_rute: list[Text] = []
    jalan_kaki: Text = ""
    menit_henti: Text = ""
    menit_paket: Text = ""

    @property
    def levels(self) -> GoalLevels:
        """The goals as they were chosen."""
        return GoalLevels(
            compact=self.compact, even=self.even, known=self.known, regular=self.regular
        )

    def kept(self) -> dict[str, Any]:
        """Return what :func:`inputs_shown` fills the form with again."""
        return {"days": self.hari_rute, "walk": self.jalan_kaki, "stop_min": self.menit_henti,
                "package_min": self.menit_paket}  # fmt: skip


def kept_of(service: ServiceTime, walk_m: object) -> dict[str, Any]:
    """Return metres and minutes as the form shows them."""
    minutes = typed_fields.scaled(MINUTE_S)
    return {"walk": walk_m, "stop_min": minutes(service.stop_s),
            "package_min": minutes(service.package_s)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """The days to choose from, those that are chosen, and metres and minutes as typed."""

    offered: list[tuple[str, str]]
    days: list[str]
    walk: str
    stop_min: str
    package_min: str
    first: str
    last: str


def inputs_shown(
    request: Request, session: Session, cycle: Cycle, kept: Mapping[str, Any], today: date
) -> PlanInputs:
    """Return the fields as they stand.

    ``kept`` may hold ``days`` as ISO dates, ``walk``, ``stop_min`` and ``package_min``.
    """
    kept = kept_of(ServiceTime(), MAX_WALK_M) | dict(kept)
    fmt = Formats(language_of(request))
    offered = days_on_offer(session, cycle=cycle, today=today)
    known = {day.isoformat() for day in offered}
    wanted = [day for day in kept.get("days", ()) if day in known]
    chosen = wanted or [day.isoformat() for day in usual_days(session, cycle=cycle, today=today)]
    return PlanInputs(
        offered=[(day.isoformat(), fmt.weekday(day)) for day in offered],
        days=chosen,
        walk=str(kept["walk"]),
        stop_min=str(kept["stop_min"]),
        package_min=str(kept["package_min"]),
        first=fmt.day(date.fromisoformat(min(chosen))),
        last=fmt.day(date.fromisoformat(max(chosen))),
    )


def inputs_read(
    session: Session, cycle: Cycle, form: PlanForm, today: date
) -> tuple[tuple[date, ...], int, ServiceTime]:
    """Return the days, the usual ones where none is ticked, the metres and the time at a stop.

    Raises
    ------
    Invalid
        By field: ``plan.days`` for a day that is not offered, ``field.metres``, ``field.minutes``.
    """
    offered = {day.isoformat(): day for day in days_on_offer(session, cycle=cycle, today=today)}
    wrong = {DAYS: "plan.days"} if set(form.hari_rute) - offered.keys() else {}
    metres, usual = MAX_WALK_M, ServiceTime()
    seconds = {"menit_henti": usual.stop_s, "menit_paket": usual.package_s}
    try:
        metres = typed_fields.whole(FARTHEST_WALK_M)(form.jalan_kaki.strip() or str(metres))
    except ValueError:
        wrong[WALK] = "field.metres"
    for name, longest in LONGEST_S.items():
        if text := getattr(form, name).strip():
            try:
                seconds[name] = typed_fields.decimal(MINUTE_S, 0, longest)(text)
            except ValueError:
                wrong[name] = "field.minutes"
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong, most=FARTHEST_WALK_M)
    chosen = tuple(sorted(offered[day] for day in set(form.hari_rute)))
    days = chosen or usual_days(session, cycle=cycle, today=today)
    return days, metres, ServiceTime(seconds["menit_henti"], seconds["menit_paket"])
