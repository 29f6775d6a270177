"""What is drawn of a city, area or posyandu: a map, the funnel of its parts, the WHO curves."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request
from markupsafe import Markup

from api.i18n import N_, Formats, translator
from api.pages.coverage_map import Covered, coverage_map
from api.pages.funnel_chart import FunnelChart, funnel_chart
from api.pages.shell import language_of
from api.services.monitoring import Level, Shares, lies_in
from data.queries.heights import LastHeight
from data.reference.regions import regions
from data.schema import Sex

MAPPED = ("city", "kecamatan")
"""Levels that have a map: their kelurahan lie apart."""
WAY_OF_CURVES = N_(
    "Setiap titik satu anak dalam program pada pengukuran terakhirnya, di atas kurva WHO dari -3 "
    "sampai +3 simpangan baku; di bawah -2 pendek, di bawah -3 sangat pendek."
)


def unit_map(
    request: Request, found: Shares, *, level: Level, unit: str, name: str, within: dict[str, str]
) -> Markup | None:
    """Return where a share of a unit's kelurahan is large or small; each leads to its page."""
    if level not in MAPPED:
        return None
    say = translator(language_of(request))
    codes = {each.name: each.code for each in regions().all_kelurahan}
    rows = [
        Covered(codes[each.name], each.count, each.hits)
        for each in found.funnel.units
        if each.name in codes and (level == "city" or lies_in(each.name, "kelurahan", unit))
    ]
    svg = coverage_map(
        rows,
        name=name,
        title_of=lambda place, row: say(
            N_("%(tempat)s: %(ya)s dari %(semua)s"),
            tempat=place, ya=row.num_covered, semua=row.num_eligible,
        ),
        id_prefix="peta",
        address_of=lambda place: f"/monev/wilayah?{urlencode(_unit('kelurahan', place) | within)}",
    )  # fmt: skip
    return Markup(svg) if svg else None  # noqa: S704 - numbers, and every text is escaped


def parts_funnel(found: Shares, *, level: Level, unit: str) -> FunnelChart | None:
    """Return the parts of a unit among all units of their level; those of others are faint."""
    return funnel_chart(
        found,
        is_own=None if level == "city" else lambda part: lies_in(part, found.level, unit),
    )


def unit_curves(request: Request, heights: Sequence[LastHeight]) -> list[tuple[str, Markup]]:
    """Return girls and boys of a unit on the WHO curves of height for age, each under its name.

    Where nobody was measured there is no chart.
    """
    if not heights:
        return []
    # The curves come with numpy, which is slow to load: only who opens a ward waits for it.
    from api.pages.growth_chart import Point, growth_chart  # noqa: PLC0415
    from data.growth.zscores import position_correction_mm  # noqa: PLC0415

    fmt, say = Formats(language_of(request)), translator(language_of(request))

    def point(one: LastHeight) -> Point:
        age_days = (one.measured_on - one.born_on).days
        height_mm = one.lenhei_mm + position_correction_mm(age_days=age_days, position=one.position)
        z = "" if one.haz is None else f" ({fmt.number(one.haz, decimals=2)} SD)"
        return Point(
            age_days,
            height_mm / 10,
            f"{one.code}, {fmt.day(one.measured_on)}: {fmt.number(one.lenhei_mm / 10, decimals=1)} "
            f"cm{z}",
            address=f"/monev/pertumbuhan/{one.code}",
        )

    drawings = (
        (Sex.FEMALE, N_("Anak perempuan: tinggi atau panjang menurut umur")),
        (Sex.MALE, N_("Anak laki-laki: tinggi atau panjang menurut umur")),
    )
    charts = [
        (
            say(name),
            growth_chart(
                [point(one) for one in heights if one.sex is sex],
                indicator="lfa",
                is_boy=sex is Sex.MALE,
                name=say(name),
                description=say(WAY_OF_CURVES),
                age_label=say(N_("umur (bulan)")),
                unit="cm",
                id_prefix=f"kurva-{sex.value}",
                is_one_child=False,
            ),
        )
        for sex, name in drawings
    ]
    return [(name, Markup(svg)) for name, svg in charts if svg]  # noqa: S704 - texts are escaped


def _unit(level: str, name: str) -> dict[str, str]:
    return {"tingkat": level, "wilayah": name}
