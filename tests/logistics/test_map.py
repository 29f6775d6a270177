import re
from xml.etree import ElementTree as ET

import pytest

from logistics.map import Mark, route_map

SVG = "{http://www.w3.org/2000/svg}"
DEPOT = Mark(-2.1240, 106.1042, "G", "Gudang <utama>")


def drawn(*marks: Mark, **options: object) -> ET.Element:
    text = route_map(
        DEPOT,
        marks,
        title="Rute 1 & 2",
        description='3 stops "km"',
        **options,  # type: ignore[arg-type]
    )
    return ET.fromstring(text)


def circles(svg: ET.Element) -> list[tuple[float, float]]:
    return [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in svg.iter(f"{SVG}circle")]


def labels(svg: ET.Element) -> list[str]:
    return [t.text or "" for t in svg.iter(f"{SVG}text") if t.get("class") == "map-number"]


def test_stops_are_numbered_circles_and_north_is_up() -> None:
    svg = drawn(Mark(-2.10, 106.10, "1"), Mark(-2.15, 106.12, "2"))
    assert labels(svg) == ["1", "2"]
    (x1, y1), (x2, y2) = circles(svg)
    assert y1 < y2
    assert x1 < x2
    assert all(0 <= x <= 640 and 0 <= y <= 420 for x, y in circles(svg))


def test_words_are_escaped_and_told_to_screen_readers() -> None:
    svg = drawn(Mark(-2.1, 106.1, "<1>", "a & b"))
    assert svg.get("role") == "img"
    titles = [title.text for title in svg.iter(f"{SVG}title")]
    assert titles[0] == "Rute 1 & 2"
    assert "a & b" in titles
    assert "Gudang <utama>" in titles
    assert svg.get("aria-labelledby") == "map-title map-desc"
    assert labels(svg) == ["<1>"]


def test_pages_get_classes_alone_and_print_gets_colours() -> None:
    bare = ET.tostring(drawn(Mark(-2.1, 106.1, "1"), has_style=False), encoding="unicode")
    assert "fill=" not in bare
    assert "style=" not in bare
    styled = ET.tostring(drawn(Mark(-2.1, 106.1, "1")), encoding="unicode")
    assert "fill=" in styled


def test_stops_at_one_place_share_a_circle() -> None:
    same = [Mark(-2.1, 106.1, str(n)) for n in (3, 4, 5)]
    assert labels(drawn(*same)) == ["3–5"]
    assert labels(drawn(same[0], same[2])) == ["3,5"]


def test_circles_do_not_cover_each_other() -> None:
    close = [Mark(-2.1 + n * 1e-5, 106.1, str(n)) for n in range(1, 9)]
    far = Mark(-2.2, 106.2, "9")
    spots = circles(drawn(*close, far))
    apart = [
        (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for n, a in enumerate(spots) for b in spots[n + 1 :]
    ]
    assert min(apart) >= 21.9**2


def test_the_scale_bar_is_true() -> None:
    svg = drawn(Mark(-2.10, 106.10, "1"), Mark(-2.15, 106.10, "2"))
    (x1, y1), (x2, y2) = circles(svg)
    metres_per_px = 0.05 * 111_195 / ((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5
    bar = next(p.get("d", "") for p in svg.iter(f"{SVG}path"))
    begin, end = re.findall(r"[MH](\d+\.?\d*)", bar)
    (word,) = [t.text or "" for t in svg.iter(f"{SVG}text") if (t.text or "").endswith("m")]
    told_m = float(word.split()[0]) * (1_000 if word.endswith("km") else 1)
    assert (float(end) - float(begin)) * metres_per_px == pytest.approx(told_m, rel=0.01)


def test_a_route_at_the_depot_alone_and_a_given_way_are_drawn() -> None:
    assert labels(drawn(Mark(DEPOT.lat, DEPOT.lon, "1"))) == ["1"]
    way = [(-2.12, 106.10), (-2.13, 106.11), (-2.12, 106.12)]
    line = next(drawn(Mark(-2.12, 106.12, "1"), way=way).iter(f"{SVG}polyline"))
    assert len((line.get("points") or "").split()) == 3


def test_a_mark_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        drawn(Mark(float("nan"), 106.1, "1"))
