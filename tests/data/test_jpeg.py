"""What a phone writes into a picture goes, wherever it stands; the picture stays."""

import pytest

from data.jpeg import NotAJpeg, strip_jpeg

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x02\x00\x00\x48\x00\x48\x00\x00"
EXIF = b"\xff\xe1\x00\x0aExif-GPS"
TABLE = b"\xff\xdb\x00\x04QT"
HUFFMAN = b"\xff\xc4\x00\x04HT"
SCAN = b"\xff\xda\x00\x04SH"
CODED = b"abc\xff\x00def\xff\xd0ghi\xff\xd7jkl"
"""With a stuffed byte and restarts, which do not end a scan."""
CLEAN = SOI + JFIF + TABLE + SCAN + CODED + EOI
PROGRESSIVE = SOI + JFIF + TABLE + SCAN + CODED + HUFFMAN + SCAN + CODED + EOI


@pytest.mark.parametrize("clean", [CLEAN, PROGRESSIVE])
@pytest.mark.parametrize(
    "trailer",
    [b"", SOI + EXIF + TABLE + SCAN + b"second" + EOI, b"MotionPhoto_Data\x00\x00ftypmp42", EOI],
)
def test_nothing_follows_the_end_of_the_picture(clean: bytes, trailer: bytes) -> None:
    assert strip_jpeg(clean + trailer) == clean


@pytest.mark.parametrize("place", [SOI, JFIF, TABLE, CODED])
@pytest.mark.parametrize("note", [EXIF, b"\xff\xfe\x00\x06home", b"\xff\xed\x00\x06IPTC"])
def test_notes_go_before_and_between_scans(place: bytes, note: bytes) -> None:
    assert strip_jpeg(PROGRESSIVE.replace(place, place + note)) == PROGRESSIVE


def test_fill_bytes_before_a_marker_are_no_end() -> None:
    filled = SOI + JFIF + b"\xff\xff" + TABLE + SCAN + CODED + b"\xff" + EOI
    assert strip_jpeg(filled + EXIF) == CLEAN


@pytest.mark.parametrize(
    "broken", [CLEAN[:-2], CLEAN[:-1], SOI + EOI, SOI + JFIF + TABLE, SOI + JFIF + EOI, CLEAN[2:]]
)
def test_a_picture_without_its_end_or_its_scan_is_refused(broken: bytes) -> None:
    with pytest.raises(NotAJpeg):
        strip_jpeg(broken)


def test_thumbnails_go() -> None:
    small = b"\xff\xe0\x00\x16" + JFIF[4:16] + b"\x01\x02" + b"rgbrgb"
    extension = b"\xff\xe0\x00\x0aJFXX\x00\x10\xff\xd8"
    assert strip_jpeg(CLEAN.replace(JFIF, small + extension)) == CLEAN
    assert strip_jpeg(CLEAN.replace(JFIF, b"\xff\xe0\x00\x04JF")) == CLEAN.replace(JFIF, b"")
