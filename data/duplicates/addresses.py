"""Whether two addresses are one, as two clerks would write it."""

from __future__ import annotations

import re

__all__ = ["same_address"]

_FILLERS = {"jl", "jln", "jalan", "gang", "gg", "no", "nomor", "rt", "rw", "blok"}
_LEAST_SHARE = 0.75


def same_address(one: str | None, other: str | None) -> bool:
    """Return whether the street and most numbers agree.

    ``Jl.``, ``RT`` and what follows the first comma (landmarks) do not count; a blank address is
    like none.

    Examples
    --------
    >>> same_address("Jl. Mawar No. 12 RT 03 RW 01, depan masjid", "Jalan Mawar 12 RT 03")
    True
    >>> same_address("Jl. Mawar No. 12", "Jl. Melati No. 12")
    False
    """
    parts, others = _parts(one), _parts(other)
    shared = parts & others
    has_street = any(word.isalpha() for word in shared)
    return has_street and len(shared) >= _LEAST_SHARE * min(len(parts), len(others))


def _parts(address: str | None) -> set[str]:
    words = re.findall(r"[a-z0-9]+", (address or "").lower().split(",")[0])
    return {word for word in words if word not in _FILLERS}
