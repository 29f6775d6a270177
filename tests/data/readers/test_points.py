"""Points as people pass them on."""

import pytest

from data.readers.points import UnreadablePoint, read_point

HERE = (-2.1316, 106.1169)


@pytest.mark.parametrize(
    "text",
    [
        "-2.1316, 106.1169",
        "-2.1316 106.1169",
        "(-2.1316,106.1169)",
        "-2,1316; 106,1169",
        "geo:-2.1316,106.1169?z=17",
        "https://maps.example/?q=-2.1316,106.1169",
        "https://maps.example/?q=-2.1316%2C106.1169&z=3",
        "https://maps.example/maps/@-2.1316,106.1169,17z",
        "https://maps.example/place/X/@-2.9,106.9,17z/data=!3m1!4b1!3d-2.1316!4d106.1169",
        "https://peta.example/?mlat=-2.1316&mlon=106.1169#map=17",
    ],
)
def test_a_point_is_read_however_it_is_passed_on(text: str) -> None:
    assert read_point(text) == HERE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "point.unreadable"),
        ("dekat masjid", "point.unreadable"),
        ("https://maps.app.example/AbC123", "point.unreadable"),
        ("-2.1316", "point.unreadable"),
        ("106.1169, -2.1316", "point.swapped"),
        ("51.5, 0.1", "point.outside"),
        ("-2.1316, 6.1169", "point.outside"),
    ],
)
def test_what_is_no_point_says_why(text: str, code: str) -> None:
    with pytest.raises(UnreadablePoint) as caught:
        read_point(text)
    assert caught.value.code == code
