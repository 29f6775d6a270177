"""Wire models of shares by area."""

from pydantic import BaseModel, ConfigDict

from api.services.figure_rules import How
from api.services.monitoring import Level


class AreaShareOut(BaseModel):
    """An area's share; ``verdict`` is too_few, within, higher or lower (one in a thousand)."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    hits: int
    count: int
    share: float | None
    verdict: str


class MonthShareOut(BaseModel):
    """The city in one month; ``version`` of the report, none where it is counted now."""

    model_config = ConfigDict(from_attributes=True)

    month: str
    version: int | None
    hits: int
    cases: int
    share: float | None


class SharesOut(BaseModel):
    """A ratio by area over closed months, and the city month by month."""

    ratio: str
    level: Level
    share: float | None
    areas: list[AreaShareOut]
    months: list[MonthShareOut]


class UnitShareOut(BaseModel):
    """A ratio of one unit beside the others of its level together, and month by month."""

    ratio: str
    share: AreaShareOut
    overall: float | None
    months: list[MonthShareOut]


class FamilyPlaceOut(BaseModel):
    """Where a family belongs; empty where nobody knows."""

    model_config = ConfigDict(from_attributes=True)

    kelurahan_code: str
    posyandu: str
    puskesmas: str
    team: str


class FigureRowOut(BaseModel):
    """A row that a figure counts; ``is_hit`` is None where the figure is no share.

    ``amount`` is what it brings to the figure in its unit, ``weight`` what it weighs in a mean
    whose rows do not weigh the same.
    """

    model_config = ConfigDict(from_attributes=True)

    kind: str
    code: str
    place: FamilyPlaceOut
    by: str
    amount: float
    is_hit: bool | None
    cause: str
    weight: float | None


class FigureRowsOut(BaseModel):
    """The rows behind a figure; ``told`` by the report's version, ``now`` by the rows.

    Both are hits and cases of a share, a mean (none of too few) and of how many, else the figure
    and nothing; ``how`` says which.
    """

    figure: str
    month: str
    version: int | None
    how: How
    told: tuple[float | None, float | None]
    now: tuple[float | None, float | None]
    rows: list[FigureRowOut]


class IndicatorOut(BaseModel):
    """What a figure means, from when to when; ``hits``, ``less``, ``cases``: a share of figures."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    group: str
    name_id: str
    name_en: str
    definition_id: str
    definition: str
    numerator: str
    denominator: str
    hits: str
    less: str
    cases: str
    unit: str
    level: str
    period: str
    direction: str
    since: str
    until: str
    missing: str
    legal_basis: str
    source_id: str
    source: str
    as_of: str
