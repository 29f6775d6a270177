"""The design tokens: defined, the same twice where they must be, readable in light and dark."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.pages.shell import FOLDER, STATIC_FOLDER
from data.schema import Role

CSS = (STATIC_FOLDER / "asuh.css").read_text(encoding="utf-8")
DARK = (STATIC_FOLDER / "dark.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--asuh-([\w-]+): (#[0-9a-f]{6});")
READABLE = 4.5
"""WCAG 2.2, 1.4.3: contrast of text."""
VISIBLE = 3.0
"""WCAG 2.2, 1.4.11: contrast of what is not text."""
TEXTS = [
    (ink, ground)
    for ink in ("ink", "quiet", "leaf", "good", "care", "bad")
    for ground in ("ground", "wash", "field")
] + [
    ("good", "good-wash"), ("care", "care-wash"), ("bad", "bad-wash"),
    ("ink", "good-wash"), ("ink", "care-wash"), ("ink", "bad-wash"),
    ("leaf", "good-wash"), ("leaf", "care-wash"), ("leaf", "bad-wash"),
    ("on-fill", "fill"), ("ground", "bad"),
]  # fmt: skip
SHAPES = [("edge", "field"), ("edge", "ground"), ("focus", "ground"), ("focus", "wash"),
          ("sky", "wash"), ("clay", "wash"), ("fill", "ground")]  # fmt: skip


HOUR_FIELDS = "leaves_at|returns_at|arrives_at|starts|ends|opens|closes|shift_starts|shift_ends"


def test_hours_are_written_by_the_formats_alone() -> None:
    """A stored ``08:15`` shows as ``08.15`` in Indonesian: no page puts it there by itself."""
    bare = re.compile(rf"\{{\{{ *\w+(\.\w+)*\.({HOUR_FIELDS})\b")
    pages = (FOLDER / "templates").rglob("*.html")
    assert [page.name for page in pages if bare.search(page.read_text(encoding="utf-8"))] == []


def themes() -> dict[str, dict[str, str]]:
    light, dark = (
        dict(TOKEN.findall(sheet[sheet.index(":root {") : sheet.index("}")]))
        for sheet in (CSS, DARK)
    )
    return {"light": light, "dark": dark}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_tokens_that_meet_is_readable(theme: str) -> None:
    tokens = themes()[theme]
    faint = {
        f"{ink} on {ground}": round(contrast(tokens[ink], tokens[ground]), 2)
        for pairs, least in ((TEXTS, READABLE), (SHAPES, VISIBLE))
        for ink, ground in pairs
        if contrast(tokens[ink], tokens[ground]) < least
    }
    assert faint == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_slider_shows_its_thumb_and_track(theme: str) -> None:
    """Pico paints them as a second button, whose ground here is that of the page."""
    tokens = themes()[theme]
    for part in ("thumb", "thumb-active", "border", "active-border"):
        token = re.search(rf"--pico-range-{part}-color: var\(--asuh-([\w-]+)\);", CSS)
        assert token is not None, part
        assert contrast(tokens[token[1]], tokens["ground"]) >= VISIBLE


def test_dark_gives_every_colour_of_light() -> None:
    both = themes()
    assert both["light"].keys() == both["dark"].keys()


def test_every_token_that_is_used_is_defined_and_colours_are_only_tokens() -> None:
    defined = set(re.findall(r"(--asuh-[\w-]+):", CSS))
    assert set(re.findall(r"var\((--asuh-[\w-]+)", CSS)) <= defined
    rest = CSS[CSS.index("html { scroll-padding-top") :]
    rest = rest.replace(rest[rest.index("@media print") : rest.index("@media (prefers-red")], "")
    assert re.findall(r"#[0-9a-f]{3,6}\b", rest) == []


def test_colours_stand_in_one_place_each() -> None:
    for name, sheet in (("light", CSS), ("dark", DARK)):
        assert sheet.count("--asuh-ground: #") == (2 if name == "light" else 1)  # and paper's
        assert "prefers-color-scheme" not in sheet


def test_a_browser_keeps_its_look(client: TestClient) -> None:
    assert "data-theme" not in client.get("/masuk").text
    assert 'media="screen and (prefers-color-scheme: dark)"' in client.get("/masuk").text
    led = client.post("/tampilan", data={"tampilan": "dark", "kembali": "/masuk?lanjut=/anak"})
    assert led.headers["location"] == "/masuk?lanjut=/anak"
    assert 'data-theme="dark"' in client.get("/masuk").text
    assert 'media="screen"' in client.get("/masuk").text
    client.post("/tampilan", data={"tampilan": "light"})
    assert "dark.css" not in client.get("/masuk").text
    client.post("/tampilan", data={"tampilan": "<script>"})
    assert "data-theme" not in client.get("/masuk").text


def test_the_style_guide_is_for_demonstrations(
    client_for: Callable[[Role], TestClient], app: FastAPI
) -> None:
    assert client_for(Role.DONOR).get("/styleguide").status_code == 404
    app.state.settings.demo = True
    page = client_for(Role.STAFF).get("/styleguide").text
    assert 'name="halaman" type="number" min="1" max="5"' in page, "a long list is jumped into"
    assert all(f"swatch-{name}" in page for name in themes()["light"])
    swatches = (STATIC_FOLDER / "styleguide.css").read_text(encoding="utf-8")
    assert all(f".swatch-{name} " in swatches for name in themes()["light"])


HEADS = re.compile(r"{% call ui\.table\((.+)\) %}")
MOST_COLUMNS = 4
"""What still fits a phone of 360 px side by side."""


def wide_tables() -> dict[str, str]:
    """Calls of tables with more columns than a phone shows, by where they stand."""
    found = {}
    for path in (FOLDER / "templates").rglob("*.html"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            call = HEADS.search(line)
            if call is None or "[" not in call[1]:
                continue
            listed = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", call[1][call[1].index("[") :])
            heads = listed[: listed.index("]")].count(",") + 1
            if heads > MOST_COLUMNS or "+ heads" in listed:
                found[f"{path.name}:{number}"] = call[1]
    return found


def test_a_table_too_wide_for_a_phone_becomes_cards_there() -> None:
    wide = wide_tables()
    assert len(wide) > 20
    fits = ("stacked=true", "first_stays=true")  # cards, or read sideways with its names in sight
    assert [where for where, call in wide.items() if not any(way in call for way in fits)] == []
