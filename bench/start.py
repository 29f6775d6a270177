"""Second start of `asuh serve` against importing FastAPI and SQLModel, in the same run.

Usage: python bench/start.py [--repeats 5]

"Started" is when /healthz answers. The demonstration's database is made first and not counted. CPU
seconds are those of the server's process until then (Linux), so that a busy machine shows as wall
time only.
"""

import argparse
import os
import platform
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

READY_S = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Took(NamedTuple):
    """Wall and CPU seconds."""

    wall_s: float
    cpu_s: float


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seconds_to_serve(folder: Path) -> Took:
    port = free_port()
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--demo", "--port", str(port)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    try:
        while time.perf_counter() - began < READY_S:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                    return Took(time.perf_counter() - began, cpu_seconds(server.pid))
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise SystemExit("the server did not come up")
    finally:
        server.terminate()
        server.wait()


def seconds_to_import() -> Took:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", "import fastapi, sqlmodel"], check=True)
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return Took(wall_s, used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats, load = parser.parse_args().repeats, os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        first = seconds_to_serve(Path(folder))
        rows = [(seconds_to_serve(Path(folder)), seconds_to_import()) for _ in range(repeats)]
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"load before {load[0]:.1f}")
    print(f"first start with demonstration  {first.wall_s:7.2f} s")
    for name in Took._fields:
        starts = [getattr(start, name) for start, _ in rows]
        imports = [getattr(alone, name) for _, alone in rows]
        ratios = [start / alone for start, alone in zip(starts, imports, strict=True)]
        found = {"second start": starts, "import only": imports, "ratio": ratios}
        for label, values in found.items():
            line = f"min {min(values):6.2f}  median {statistics.median(values):6.2f}"
            print(f"{name:6}  {label:13} {line}")


if __name__ == "__main__":
    main()
