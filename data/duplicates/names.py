"""Indonesian names reduced to how they sound.

``Muh. Rizky``, ``M Rizki`` and ``Mohammad Riski`` are one name; ``dr. Hj. Siti Aminah, S.Pd`` is
``Siti Aminah``; ``BY NY SITI`` is a baby without a name whose mother is Siti.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

__all__ = ["Name", "can_be_one_name", "name_likeness", "parse_name"]

_PLACEHOLDER = re.compile(r"^\s*(by|bayi)\b[\s.]*(ny|nyonya|ibu|tn)?\b[\s.]*", re.IGNORECASE)
_ORDINALS = {"i": 1, "1": 1, "a": 1, "ii": 2, "2": 2, "b": 2, "iii": 3, "3": 3, "c": 3}
_TITLES = {
    "an", "anak", "ny", "nyonya", "tn", "tuan", "ibu", "bapak", "bpk", "bp", "sdr", "sdri", "alm",
    "almh", "h", "hj", "haji", "hajjah", "dr", "drg", "drs", "dra", "ir", "prof", "ust", "ustadz",
    "kh", "r", "rr", "apt", "ns",
}  # fmt: skip
_DEGREE = re.compile(
    r"^(s|m|a|d)\.?(pd|sos|kom|kep|km|gz|st|si|ag|ip|ap|tp|h|e|t|p|hum|kes|md|ak|ikom|sy|hi)"
    r"(\.?(i|keb|kep|sd|k|gz))?\.?$|^(se|sh|st|ss|mm|mh|mt|mba|amd|spd|ners|skm|amk|phd)$",
    re.IGNORECASE,
)
_MUHAMMAD = re.compile(r"^(m|mu?h|mo?h|md|mhd|mhmd|mu?ha?m+a?d|moha?m+a?d|mo?u?cha?m+a?d|much)$")
_SPOKEN = {
    "st": "siti", "sitti": "siti", "abd": "abdul", "noor": "nur", "nor": "nur", "achmad": "ahmad",
    "akhmad": "ahmad", "ach": "ahmad", "puteri": "putri", "poetri": "putri", "poetra": "putra",
}  # fmt: skip
# In this order: later rules see what earlier ones left.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("oe", "u"), ("oo", "u"), ("ou", "u"), ("dj", "j"), ("tj", "c"), ("sj", "s"), ("sy", "s"),
        ("sh", "s"), ("kh", "k"), ("ch", "k"), ("dh", "d"), ("th", "t"), ("bh", "b"), ("gh", "g"),
        ("ph", "f"), ("v", "f"), ("dz", "s"), ("z", "s"), ("q", "k"), ("x", "ks"), ("w", "u"),
        ("ie", "i"), ("ee", "i"), ("y", "i"), ("h$", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_SHORT_TOKEN = 4
_ONE_NAME = 78.0
"""Likeness from which two spellings can be one name: a letter of five, not Rani beside Rina."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it sounds.

    Attributes
    ----------
    tokens
        Spoken parts without titles; a leading Muhammad is left out when another part follows.
    keys
        Beginnings and endings of the parts. Two spellings of a name share at least one.
    is_placeholder
        Whether the child had no name yet (``BY NY …``); ``tokens`` are the mother's then.
    ordinal
        1, 2 … of twins without names, or 0.
    """

    tokens: tuple[str, ...]
    keys: frozenset[str]
    is_placeholder: bool = False
    ordinal: int = 0


@lru_cache(maxsize=200_000)
def parse_name(text: str) -> Name:
    """Return a name as it sounds; a blank one has no tokens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    is_placeholder = bool(_PLACEHOLDER.match(plain))
    words = _words(_PLACEHOLDER.sub("", plain) if is_placeholder else plain)
    ordinal = 0
    if is_placeholder and len(words) > 1 and words[-1] in _ORDINALS:
        ordinal = _ORDINALS[words.pop()]
    if len(words) > 1 and _MUHAMMAD.match(words[0]):
        words = words[1:]
    tokens = tuple(token for word in words if (token := _sound(word)))
    keys = frozenset(key for token in tokens for key in _token_keys(token))
    return Name(tokens, keys, is_placeholder, ordinal)


def name_likeness(one: Name, other: Name) -> float:
    """Return how alike two names are, 0-100, by the worst-matching part of the shorter one.

    Siblings share a family name, so the part that differs decides, not the whole. A name that is
    part of a longer one stays below 100.
    """
    shorter, longer = sorted((one.tokens, other.tokens), key=lambda parts: (len(parts), parts))
    if not shorter:
        return 0.0
    if shorter == longer:
        return 100.0
    if "".join(shorter) == "".join(longer):
        return 99.0
    left = list(longer)
    worst = 100.0
    for token in shorter:
        best = max(left, key=lambda part: _token_likeness(token, part))
        worst = min(worst, _token_likeness(token, best))
        left.remove(best)
    if len(longer) == len(shorter):
        return worst
    return max(0.0, worst - (4 if len(shorter) > 1 else 10))


def can_be_one_name(one: str, other: str) -> bool:
    """Return whether two writings can be of one child; a baby's placeholder can be any name's.

    Twins share birth day, parents and family name: their given names have to be alike.
    """
    names = parse_name(one), parse_name(other)
    if all(name.is_placeholder for name in names):
        return names[0].ordinal == names[1].ordinal
    if any(name.is_placeholder for name in names):
        return True
    return name_likeness(*names) >= _ONE_NAME


def _token_likeness(one: str, other: str) -> float:
    if one == other:
        return 100.0
    if len(one) == 1 or len(other) == 1:
        return 90.0 if one[0] == other[0] else 0.0
    return fuzz.ratio(one, other)


def _words(plain: str) -> list[str]:
    before_comma, *_ = plain.split(",")
    dotted = [word for word in before_comma.split() if not _DEGREE.match(word) or len(word) < 3]
    words = re.findall(r"[a-z0-9]+", " ".join(dotted).replace("'", "").replace("`", ""))
    spoken = [word for word in words if word not in _TITLES]
    return spoken or words


def _sound(word: str) -> str:
    sound = _SPOKEN.get(word, word)
    if _MUHAMMAD.match(sound) and len(sound) > 1:
        return "muhamad"
    for pattern, replacement in _SOUNDS:
        sound = pattern.sub(replacement, sound)
    return sound


def _token_keys(token: str) -> tuple[str, ...]:
    if len(token) <= _SHORT_TOKEN:
        return (
            (f"^{token[:2]}", f"{token[-2:]}$", f"^{token[:1]}")
            if len(token) == 1
            else (
                f"^{token[:2]}",
                f"{token[-2:]}$",
            )
        )
    return f"^{token[:3]}", f"^{token[:2]}", f"{token[-3:]}$"
