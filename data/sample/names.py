"""Given names in use in the region, put together at random. Nobody of these exists."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

__all__ = [
    "COMPANIES",
    "INSTITUTIONS",
    "LANDMARKS",
    "OFFICES",
    "POSYANDU",
    "STREETS",
    "child_name",
    "father_name",
    "mother_name",
    "sponsor_name",
    "two_spellings",
]


def _words(kind: str) -> tuple[str, ...]:
    table = files("data.sample").joinpath("words.csv").read_text(encoding="utf-8")
    return tuple(row["word"] for row in csv.DictReader(table.splitlines()) if row["kind"] == kind)


BOYS, GIRLS = _words("boy"), _words("girl")
SECOND_BOYS, SECOND_GIRLS = _words("second_boy"), _words("second_girl")
MOTHERS, FATHERS, SURNAMES = _words("mother"), _words("father"), _words("surname")
COMPANIES, INSTITUTIONS, OFFICES = _words("company"), _words("institution"), _words("office")
STREETS, LANDMARKS, POSYANDU = _words("street"), _words("landmark"), _words("posyandu")

SPELLINGS = (
    ("Muhammad", "Muh."),
    ("Rizky", "Rizki"),
    ("Zahra", "Zahrah"),
    ("Fadhil", "Fadil"),
    ("Aisyah", "Aisya"),
    ("Khalisa", "Kholisa"),
    ("Fitri", "Fitry"),
    ("Putri", "Puteri"),
    ("Yusuf", "Jusuf"),
    ("Syahrul", "Sahrul"),
    ("Akbar", "Akbarr"),
    ("Maulana", "Maullana"),
)


def child_name(random: Random, sex: str, *, avoid: set[str] | None = None) -> str:
    """Return a name of two or three parts; ``avoid`` holds given names already in the family."""
    given, second = (BOYS, SECOND_BOYS) if sex == "L" else (GIRLS, SECOND_GIRLS)
    choice = random.choice([name for name in given if name not in (avoid or set())])
    if avoid is not None:
        avoid.add(choice)
    name = f"{choice} {random.choice([part for part in second if part != choice])}"
    return f"Muhammad {name}" if sex == "L" and random.random() < 0.3 else name


def mother_name(random: Random) -> str:
    """Return a mother's name."""
    name = random.choice(MOTHERS)
    if " " in name or random.random() < 0.3:
        return name
    return f"{name} {random.choice(SURNAMES)}"


def father_name(random: Random) -> str:
    """Return a father's name."""
    return f"{random.choice(FATHERS)} {random.choice(SURNAMES)}".replace("  ", " ")


def sponsor_name(random: Random) -> str:
    """Return a person's name."""
    first = random.choice(FATHERS if random.random() < 0.5 else MOTHERS)
    return f"{first} {random.choice(SURNAMES)}"


def two_spellings(random: Random, name: str) -> str:
    """Return another spelling of a name, as two clerks would write it."""
    fitting = [(one, other) for one, other in SPELLINGS if one in name.split()]
    if fitting:
        one, other = random.choice(fitting)
        return " ".join(other if part == one else part for part in name.split())
    parts = name.split()
    if len(parts) > 2 and random.random() < 0.5:
        return " ".join(parts[:-1])
    at = max(range(len(parts)), key=lambda index: len(parts[index]))
    word = parts[at]
    if len(word) > 5:
        cut = random.randrange(2, len(word) - 1)
        parts[at] = word[:cut] + word[cut + 1 :]
    else:
        parts[at] = word + word[-1]
    return " ".join(parts)
