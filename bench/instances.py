"""Our routing engine and its peers on the literature's instances, at equal CPU seconds.

``python -m bench.instances --data DIR --all`` runs the whole table (`STAGES`), seed by seed, and
``--set X --seconds 60 --seeds 1 2 3 --engines asuh pyvrp`` a part of it. Each run is a process of
its own, one thread, CPU seconds of its search (reading a file and loading an engine do not count);
its solution is counted again from the file and its row appended at once, so that a run that was
ended goes on where it was. What `bench/results/instances.csv` has is skipped; rows of ours that an
older engine wrote are run again with ``--stale``, and the newest row counts. At the end one table.
Further peers where they are installed: ``hgs`` (hygese), ``vroom`` (pyvroom), ``ortools``.
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

from bench.sources import source_hash

RESULTS = Path(__file__).parent / "results" / "instances.csv"
COLUMNS = (
    "set", "instance", "engine", "version", "seconds", "seed", "cost", "best_known",
    "gap_percent", "cpu_s", "first_s", "peak_mb", "iterations", "faults", "machine", "code",
    "source", "load",
)  # fmt: skip
STAGES = (("X", 60.0), ("homberger", 60.0), ("extra", 60.0), ("belgium", 120.0), ("X", 10.0))
"""Sets and CPU seconds of the whole table, in their order."""
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


def newest(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return one row of each run: the one that was written last."""
    keyed = {(r["instance"], r["engine"], float(r["seconds"]), r["seed"]): r for r in rows}
    return list(keyed.values())


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
            lines += [against(engines[0], engines[row], whole, row) for row in range(1, len(means))]
    return "\n".join(lines)


def against(ours: str, peer: str, gaps: list[list[float]], column: int) -> str:
    """Return the ratio of mean gaps, how often we are ahead, and the worst that we are behind."""
    mine, others = mean(row[0] for row in gaps), mean(row[column] for row in gaps)
    ahead = sum(row[0] < row[column] for row in gaps)
    level = sum(row[0] == row[column] for row in gaps)
    behind = max(row[0] - row[column] for row in gaps)
    ratio = f"{mine / others:.2f}" if others > 0 else "–"
    return (
        f"{ours} / {peer}: mean gap {ratio}; ahead {ahead}, level {level} of {len(gaps)}; "
        f"at worst {behind:+.2f} points"
    )


def append(path: Path, row: dict[str, str]) -> None:
    """Add a row to the file; begin it with the names of the columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


def run_stage(stage: tuple[str, float], seed: int, options: argparse.Namespace) -> None:
    """Run what the file does not have of one set at one number of seconds and one seed."""
    name, seconds = stage
    source = source_hash()
    rows = newest(read_rows(options.out))
    if options.stale:
        rows = [row for row in rows if row["engine"] != "asuh" or row["source"] == source]
    seen = {(r["instance"], r["engine"], float(r["seconds"]), int(r["seed"])) for r in rows}
    for _, path, best in cases(options.data, [name], options.names):
        for engine in options.engines:
            if (path.stem, engine, seconds, seed) in seen:
                continue
            row = run(path, engine, seconds, seed)
            cost = row.get("cost")
            row |= {
                "set": name, "instance": path.stem, "engine": engine, "seed": seed,
                "seconds": seconds, "best_known": best, "code": code_version(),
                "source": source if engine == "asuh" else "",
                "load": f"{os.getloadavg()[0]:.1f}",
                "machine": f"{platform.machine()} Python {platform.python_version()}",
                "gap_percent": f"{100 * (float(str(cost)) / best - 1):.3f}" if cost else "",
            }  # fmt: skip
            kept = {column: str(row.get(column, "")) for column in COLUMNS}
            append(options.out, kept)
            shown = ("instance", "engine", "seed", "cost", "gap_percent", "peak_mb", "faults")
            print(*(kept[column] for column in shown), sep="\t", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--all", action="store_true", help="every set at its seconds")
    parser.add_argument("--set", nargs="*", default=["X"], choices=list(SETS), dest="sets")
    parser.add_argument("--names", nargs="*", default=[], help="only these instances")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--engines", nargs="*", default=["asuh", "pyvrp"])
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--stale", action="store_true", help="run again what older engines ran")
    parser.add_argument("--table", action="store_true", help="print what is there, run nothing")
    options = parser.parse_args()
    stages = STAGES if options.all else [(name, options.seconds) for name in options.sets]
    if not options.table:
        for seed in options.seeds:
            for stage in stages:
                run_stage(stage, seed, options)
    print(table(newest(read_rows(options.out)), options.engines))


if __name__ == "__main__":
    main()
