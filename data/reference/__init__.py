"""Reference data: dated tables with their source, and typed loaders for them.

Each table is a CSV file in this folder with the columns ``source`` and ``as_of``, and ``certainty``
where some rows are working figures that the office has to confirm (``read`` in the source,
``computed`` from it, ``fixed`` by law, ``assumed`` or ``unsure``). The modules beside this one turn
a table into typed rows, one noun each:

======================  ==========================================================================
module                  holds
======================  ==========================================================================
:mod:`.regions`         kecamatan, kelurahan, and how people spell them
:mod:`.places`          puskesmas, default depot and drop points
:mod:`.items`           goods, their sizes, prices and names
:mod:`.kits`            what a package holds at which age, and the food rules
:mod:`.vehicles`        kinds of vehicle, detour factors
:mod:`.reasons`         why a delivery failed
:mod:`.holidays`        days without work
:mod:`.indicators`      figures that are reported, and what they mean
:mod:`.graduation`      when a child may graduate, and when it is looked at
:mod:`.deadlines`       how long work may take before it is late
:mod:`.published`       what others published on stunting, and dated targets
:mod:`.krs`             what the codes of family lists mean
======================  ==========================================================================
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_table", "split_words"]


@cache
def read_table(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of one reference table, every cell as text.

    Parameters
    ----------
    name
        The file's name without ``.csv``.

    Raises
    ------
    FileNotFoundError
        If there is no such table.
    """
    table = files("data.reference").joinpath(f"{name}.csv")
    return tuple(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


@cache
def split_words(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell that lists several words with ``;`` between them."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())
