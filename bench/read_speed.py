"""Time the reading of a 5,000-row e-PPGBM export (.xls), the guarded child process included.

``python bench/read_speed.py [--rows 5000]`` prints the size, the best and the middle of five runs,
and rows per second.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import time

from tests.data.readers.files import child, read, table, to_csv, to_xls, to_xlsx

__all__ = ["main"]


def export(num_rows: int) -> list[dict[str, object]]:
    """Return rows of children measured up to four times, with the usual dirt."""
    rows = []
    for number in range(num_rows):
        person = number % max(1, num_rows // 4)
        born = dt.date(2023, 1, 1) + dt.timedelta(days=person % 700)
        nik = (
            f"197101{born.day + 40:02d}{born.month:02d}{born.year % 100:02d}{person % 9000 + 1:04d}"
        )
        rows.append(
            child(NIK=f"{nik}\u00a0", Nama=f"Anak {person}", RT="0", LiLA=0)
            | {"Tgl Lahir": born, "Tanggal Pengukuran": dt.date(2026, 6 + number % 5, 10)}
        )
    return rows


def main() -> None:
    """Time the three forms of the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    num_rows = parser.parse_args().rows
    cells = table(export(num_rows))
    for name, content in (
        ("xls", to_xls(cells)),
        ("xlsx", to_xlsx({"A": cells})),
        ("csv", to_csv(cells)),
    ):
        taken_s = []
        for _ in range(5):
            started = time.perf_counter()
            result = read(content, date_order="mdy")
            taken_s.append(time.perf_counter() - started)
        best_s = min(taken_s)
        print(
            f"{name:5} {num_rows} rows {len(content) / 1e6:.1f} MB: best {best_s:.2f} s, "
            f"middle {statistics.median(taken_s):.2f} s, {num_rows / best_s:,.0f} rows/s, "
            f"{result.counts.accepted} children"
        )


if __name__ == "__main__":
    main()
