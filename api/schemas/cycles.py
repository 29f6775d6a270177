"""Wire models of months, pairs, holds and replacements."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.services.cycles import Readiness
from api.services.month_before import CarriedOver
from data.schema import AssignmentState, CycleState, HoldKind, RunState


class CycleView(BaseModel):
    """A month."""

    model_config = ConfigDict(from_attributes=True)

    month: str
    state: CycleState
    seed: int
    snapshot_hash: str | None
    match_run_id: int | None
    proposed_by: str | None
    approved_by: str | None
    version: int
    updated_at: datetime


class BlockerView(BaseModel):
    """What stands in the way of the next step, or wants a look before it."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    params: dict[str, object]
    count: int
    is_hard: bool


class ReadinessView(BaseModel):
    """Where a month stands and the figures of its balance."""

    month: str
    state: CycleState
    next_verbs: list[str]
    blockers: list[BlockerView]
    num_registered: int
    num_eligible: int
    num_places: int
    gap: int
    not_eligible: dict[str, int]
    no_places: dict[str, int]

    @classmethod
    def of(cls, found: Readiness) -> "ReadinessView":
        """Read what the use case found."""
        return cls(
            month=found.month,
            state=CycleState(found.state),
            next_verbs=list(found.next_verbs),
            blockers=[BlockerView.model_validate(one) for one in found.blockers],
            num_registered=found.num_registered,
            num_eligible=found.num_eligible,
            num_places=found.num_places,
            gap=found.gap,
            not_eligible=found.not_eligible,
            no_places=found.no_places,
        )


class CarriedOverView(BaseModel):
    """What a month takes over from the one before: pairs as (child, pledge)."""

    previous_month: str | None
    pairs: list[tuple[str, str]]
    unmet: list[str]
    renewals: list[str]

    @classmethod
    def of(cls, found: CarriedOver) -> "CarriedOverView":
        """Read what the use case found."""
        return cls(
            previous_month=found.previous_month,
            pairs=list(found.pairs),
            unmet=list(found.unmet),
            renewals=list(found.renewals),
        )


class MoveView(BaseModel):
    """One step of a month."""

    model_config = ConfigDict(from_attributes=True)

    verb: str
    from_state: str
    to_state: str
    by: str
    at: datetime
    reason: str


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CycleOpen(_Sent):
    """Which month to open (``2026-12``); ``is_sure`` although the one before is not agreed."""

    month: str
    is_sure: bool = False


class CycleLock(_Sent):
    """Whether children need their guardian's consent; why to lock before pairs are decided."""

    require_consent: bool = True
    reason: str = Field(default="", max_length=500)


class Propose(_Sent):
    """How to match: the seed of the lottery, and the policy as JSON when not the default."""

    seed: int = Field(default=1, ge=0, lt=2**31)
    policy: dict[str, object] | None = None


class RunView(BaseModel):
    """A run of the matcher with its certificate's figures per level."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: RunState
    seed: int
    policy: dict[str, object]
    problem_hash: str | None
    result_hash: str | None
    levels: list[dict[str, object]]
    num_assigned: int | None
    num_unassigned: int | None
    seconds: float | None
    by: str
    finished_at: datetime | None


class AssignmentView(BaseModel):
    """A child and a pledge, paired for a month."""

    child: str
    pledge: str
    state: AssignmentState
    is_pinned: bool
    is_kept: bool
    distance_m: int | None
    why: dict[str, object]


class UncoveredView(BaseModel):
    """A child without a sponsor: the reason, and what would cover it."""

    child: str
    reason: str
    params: dict[str, object]
    remedies: list[dict[str, object]]


class MatchingView(BaseModel):
    """The proposal of a month."""

    run: RunView
    pairs: list[AssignmentView]
    uncovered: list[UncoveredView]


class ChangeView(BaseModel):
    """One child whose sponsor differs, and what undoing the change would cost.

    ``bound`` tells whether the price is exact, or what it costs at most or at least.
    """

    model_config = ConfigDict(from_attributes=True)

    child_code: str
    before: str | None
    after: str | None
    reason: str
    params: dict[str, object]
    price: dict[str, int]
    bound: Literal["exact", "at_most", "at_least"]


class HoldCreate(_Sent):
    """A pin or ban with its reason."""

    kind: HoldKind
    child: str = Field(max_length=20)
    pledge: str = Field(max_length=20)
    reason: str = Field(max_length=500)


class HoldView(BaseModel):
    """A pin or ban in force."""

    id: int
    kind: HoldKind
    child: str
    pledge: str
    reason: str
    by: str
    at: datetime


class WhatIfAsk(_Sent):
    """Which child would go to which pledge."""

    child: str = Field(max_length=20)
    pledge: str = Field(max_length=20)


class WhatIfView(BaseModel):
    """What giving a child to a pledge would cost, or why it is refused."""

    model_config = ConfigDict(from_attributes=True)

    child_code: str
    pledge_code: str
    refusals: list[str]
    price: dict[str, int]
    moves: list[tuple[str, str | None, str | None]]
    is_exact: bool


class NewPlaceView(BaseModel):
    """One of several new places: whom it covers, what each goal gains."""

    model_config = ConfigDict(from_attributes=True)

    child: str
    tier: int
    points: int
    gain: dict[str, int]
    rupiah: int | None = None


class RecruitmentView(BaseModel):
    """What new places in a kelurahan would bring, one after the other."""

    model_config = ConfigDict(from_attributes=True)

    kelurahan_code: str
    kelurahan_name: str
    places: list[NewPlaceView]


class PledgeWorthView(BaseModel):
    """What one place more, and one less, at a pledge is worth."""

    model_config = ConfigDict(from_attributes=True)

    pledge_code: str
    gain: dict[str, int]
    covers: str | None
    loss: dict[str, int] | None
    uncovers: str | None
    rupiah: int | None = None


class LotteryView(BaseModel):
    """The lottery numbers of a child and of its pair; the smaller sum wins."""

    seed: int
    child: int
    pair: int


class PolicyView(BaseModel):
    """A matching policy with its author and from when it counts."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    content: dict[str, object]
    effective_from: str
    reason: str
    by: str
    created_at: datetime


class PolicyAdopt(_Sent):
    """A new policy; ``asuh match --policy-schema`` prints what ``content`` may hold."""

    name: str = Field(max_length=120)
    content: dict[str, object]
    effective_from: str
    reason: str = Field(max_length=500)


class Weigh(_Sent):
    """What to weigh: two policies, every switch of the one in force, or how many pairs may break.

    Policies are named by their number, 0 for the built-in one. ``draft`` is the content of one that
    nobody has adopted, compared in place of the second.
    """

    what: Literal["compare", "switches", "breaks"]
    first: int = 0
    second: int = 0
    draft: dict[str, object] | None = None


class WeighingView(BaseModel):
    """What was weighed last, and what came out.

    ``is_stale``: the month's data, pins or policy have changed since; weigh again.
    """

    what: str
    is_stale: bool
    result: dict[str, object]


class ReplacementPropose(_Sent):
    """Which pledge ended or which child left, and why."""

    kind: Literal["pledge", "child"]
    code: str = Field(max_length=20)
    reason: str = Field(min_length=1, max_length=300)


class ReplacementView(BaseModel):
    """A proposed repair of an approved month."""

    id: int
    child: str
    pledge: str | None
    is_bridge_fund: bool
    state: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
