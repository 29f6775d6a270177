"""Second start of `asuh serve` against importing FastAPI and SQLModel, in the same run.

Usage: python bench/start.py [--repeats 5]

"Started" is when /healthz answers. The demonstration's database is made first and not counted.
"""

import argparse
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

READY_S = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds_to_serve(folder: Path) -> float:
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
                    return time.perf_counter() - began
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise SystemExit("the server did not come up")
    finally:
        server.terminate()
        server.wait()


def seconds_to_import() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import fastapi, sqlmodel"], check=True)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        first = seconds_to_serve(Path(folder))
        rows = [(seconds_to_serve(Path(folder)), seconds_to_import()) for _ in range(repeats)]
    starts, imports = [row[0] for row in rows], [row[1] for row in rows]
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"first start with demonstration  {first:7.2f} s")
    print(f"second start   min {min(starts):6.2f} s  median {statistics.median(starts):6.2f} s")
    print(f"import only    min {min(imports):6.2f} s  median {statistics.median(imports):6.2f} s")
    ratios = [start / alone for start, alone in rows]
    print(f"ratio          min {min(ratios):6.2f}    median {statistics.median(ratios):6.2f}")


if __name__ == "__main__":
    main()
