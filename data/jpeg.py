"""JPEG pictures with nothing in them but the picture."""

import re

START, FILL, SCAN, END = b"\xff\xd8", 0xFF, 0xDA, 0xD9
APP0 = 0xE0
KEPT_SEGMENTS = {
    *(0xC4, 0xDB, 0xDC, 0xDD, SCAN),
    *(*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC)),
}
"""What a picture needs: tables, frames, scans. Exif, XMP, IPTC and comments are dropped."""
AFTER_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
"""A marker that ends a scan: neither a stuffed byte nor a restart (ITU-T T.81, B.1.1.2)."""
JFIF = b"JFIF\x00"
JFIF_HEAD = 12
"""Bytes of a JFIF segment before its thumbnail's size: name, version, units, two densities."""


class NotAJpeg(ValueError):
    """The bytes are not a whole JPEG."""


def strip_jpeg(content: bytes) -> bytes:
    """Return a JPEG with nothing but the picture, up to its end: trailers are dropped.

    A progressive picture has several scans with tables between them. A thumbnail, which may show
    what was cut away, goes too.

    Raises
    ------
    NotAJpeg
        When it is not a whole JPEG.
    """
    if not content.startswith(START):
        raise NotAJpeg
    kept, at, has_scan = [START], 2, False
    while at + 2 <= len(content) and content[at] == FILL:
        marker = content[at + 1]
        if marker == FILL:
            at += 1
            continue
        if marker == END and has_scan:
            return b"".join([*kept, bytes((FILL, END))])
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker == SCAN:
            has_scan, end = True, _end_of_scan(content, end)
        if marker in KEPT_SEGMENTS:
            kept.append(content[at:end])
        elif marker == APP0:
            kept.append(_without_thumbnail(content[at + 4 : end]))
        at = end
    raise NotAJpeg


def _end_of_scan(content: bytes, start: int) -> int:
    """Return where the coded picture data from ``start`` on ends: at a marker of another kind."""
    found = AFTER_SCAN.search(content, start)
    return found.start() if found else len(content)


def _without_thumbnail(body: bytes) -> bytes:
    """Return a JFIF segment that names no thumbnail; nothing for an extension, which is one."""
    if not body.startswith(JFIF) or len(body) < JFIF_HEAD:
        return b""
    plain = body[:JFIF_HEAD] + b"\x00\x00"
    return bytes((FILL, APP0)) + (len(plain) + 2).to_bytes(2) + plain
