"""Write docs/indicators.md, every figure and what it means: `python tools/indicators_table.py`.

The rows come from data/reference/indicators.csv, which the reports and the pages read too.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from data.reference.indicators import Indicator, definitions  # noqa: E402

OUT = ROOT / "docs" / "indicators.md"
HEAD = """# Angka dan artinya · Figures and what they mean

Written by `python tools/indicators_table.py` from `data/reference/indicators.csv`; a test holds
it. Reports, pages (`/monev/indikator`), JSON (`/api/v1/indicators`) and tests read the same table.
A changed definition is a further row with its own first month; earlier months keep theirs.
"""
COLUMNS = (
    "| code | nama | name | arti | definition | of | level | period | better | since–until "
    "| basis |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def document() -> str:
    """Return the whole document."""
    parts = [HEAD]
    for group in dict.fromkeys(each.group for each in definitions()):
        own = [each for each in definitions() if each.group == group]
        parts.append(f"\n## {own[0].group_id} · {own[0].group_en}\n\n{COLUMNS}")
        parts += [row(each) for each in own]
    return "\n".join(parts) + "\n"


def row(each: Indicator) -> str:
    """Return a line of the table."""
    not_counted = f" (not counted: {each.missing})" if each.missing else ""
    cells = (
        f"`{each.code}`",
        each.name_id,
        each.name_en + not_counted,
        each.definition_id,
        each.definition,
        each.denominator,
        each.level,
        each.period,
        each.direction,
        f"{each.since}–{each.until}",
        each.legal_basis,
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    OUT.write_text(document(), encoding="utf-8")
