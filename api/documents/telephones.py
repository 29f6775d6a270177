"""Telephone numbers, stored as ``+62…``, as people write them and as links take them."""

from __future__ import annotations

import re

_COUNTRY_CODE = "62"
_STORED = re.compile(r"\+62(\d{7,12})")


def local_number(phone: str) -> str:
    """Write a stored number as people dial it, ``0813-0000-0004``.

    A number of another country, and whatever else somebody wrote, stays as it is.
    """
    found = _STORED.fullmatch(phone)
    if found is None:
        return phone
    digits = f"0{found[1]}"
    return "-".join((digits[:4], digits[4:8], digits[8:])).rstrip("-")


def international_number(phone: str) -> str:
    """Write a telephone number as digits with the country code, or nothing if it is not one."""
    digits = re.sub(r"\D", "", phone)
    if digits.startswith("0"):
        digits = _COUNTRY_CODE + digits.lstrip("0")
    is_number = 10 <= len(digits) <= 15
    return digits if is_number else ""
