"""Our routing engine and its peers on the literature's instances, at equal CPU seconds.

``python -m bench.instances --data DIR --set X --seconds 60 --seeds 1 2 3 --engines asuh pyvrp``
runs what `bench/results/instances.csv` does not have yet (each run is a process of its own, one
thread, CPU seconds of its search; reading a file and loading an engine do not count), re-counts
every solution from the file, and prints one table. Further peers where they are installed:
``hgs`` (hygese), ``vroom`` (pyvroom), ``ortools``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean

RESULTS = Path(__file__).parent / "results" / "instances.csv"
COLUMNS = (
    "set", "instance", "engine", "version", "seconds", "seed", "cost", "best_known",
    "gap_percent", "cpu_s", "first_s", "peak_mb", "iterations", "faults", "machine", "code",
)  # fmt: skip
SETS = {
    "X": "X/*.vrp",
    "homberger": "homberger/*.txt",
    "belgium": "belgium/*.vrp",
    "extra": "extra/*.vrp",
}


def best_known(folder: Path) -> dict[str, float]:
    """Return the best known costs of the manifest by file, as the literature tells them."""
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        return {row["file"]: float(row["bks"]) for row in csv.DictReader(file) if row["bks"]}


def cases(folder: Path, sets: list[str], names: list[str]) -> list[tuple[str, Path, float]]:
    """Return set, file and best known cost of each instance; in the order of names if given."""
    known = best_known(folder)
    found = []
    for name in sets:
        for path in sorted(folder.glob(SETS[name])):
            best = known.get(str(path.relative_to(folder)))
            if best is not None and (not names or path.stem in names):
                found.append((name, path, best))
    return sorted(found, key=lambda case: names.index(case[1].stem)) if names else found


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the runs that are done."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def code_version() -> str:
    """Return the commit that runs."""
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def run(path: Path, engine: str, seconds: float, seed: int) -> dict[str, object]:
    """Run one search in a process of its own."""
    words = [sys.executable, "-m", "bench.instance_run", str(path), engine, str(seconds), str(seed)]
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=alone)
    if done.returncode:
        return {"faults": done.stderr.strip().splitlines()[-1][:100], "cost": ""}
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def table(rows: list[dict[str, str]], engines: list[str]) -> str:
    """Return gaps in percent by instance, mean over the seeds; and means by set."""
    gaps: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row["gap_percent"]:
            key = (row["set"], row["seconds"], row["instance"], row["engine"])
            gaps[key].append(float(row["gap_percent"]))
    lines = []
    for name, seconds in sorted({(key[0], key[1]) for key in gaps}):
        lines += ["", f"{name}, {seconds} CPU s, gap in % (runs)"]
        lines.append("\t".join(["instance", *engines]))
        instances = sorted({key[2] for key in gaps if key[:2] == (name, seconds)})
        whole = []
        for instance in instances:
            found = [gaps.get((name, seconds, instance, engine), []) for engine in engines]
            cells = [f"{mean(each):.2f} ({len(each)})" if each else "–" for each in found]
            lines.append("\t".join([instance, *cells]))
            if all(found):
                whole.append([mean(each) for each in found])
        if whole:
            means = [f"{mean(column):.3f}" for column in zip(*whole, strict=True)]
            lines.append("\t".join([f"mean of {len(whole)} that all ran", *means]))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--set", nargs="*", default=["X"], choices=list(SETS), dest="sets")
    parser.add_argument("--names", nargs="*", default=[], help="only these instances")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--engines", nargs="*", default=["asuh", "pyvrp"])
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--fresh", nargs="*", default=[], help="engines to run again")
    parser.add_argument("--table", action="store_true", help="print what is there, run nothing")
    options = parser.parse_args()
    rows = [row for row in read_rows(options.out) if row["engine"] not in options.fresh]
    seen = {(r["instance"], r["engine"], float(r["seconds"]), int(r["seed"])) for r in rows}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds if not options.table else []:
        for name, path, best in cases(options.data, options.sets, options.names):
            for engine in options.engines:
                if (path.stem, engine, options.seconds, seed) in seen:
                    continue
                row = run(path, engine, options.seconds, seed)
                cost = row.get("cost")
                row |= {
                    "set": name, "instance": path.stem, "engine": engine, "seed": seed,
                    "seconds": options.seconds, "best_known": best, "code": code_version(),
                    "machine": f"{platform.machine()} Python {platform.python_version()}",
                    "gap_percent": f"{100 * (float(str(cost)) / best - 1):.3f}" if cost else "",
                }  # fmt: skip
                rows.append({column: str(row.get(column, "")) for column in COLUMNS})
                shown = ("instance", "engine", "seed", "cost", "gap_percent", "peak_mb", "faults")
                print(*(rows[-1][column] for column in shown), sep="\t", flush=True)
                with options.out.open("w", newline="", encoding="utf-8") as file:
                    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                    writer.writeheader()
                    writer.writerows(rows)
    print(table(rows, options.engines))


if __name__ == "__main__":
    main()
