import os
from pathlib import Path

import pytest

from api.cli import run


def test_a_run_that_cannot_write_leaves_the_earlier_files_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"assignments.csv": b"old", "plan.json": b"old", "report.json": b"old"}
    run._replace_files(tmp_path, old)
    written: list[Path] = []
    write_bytes = Path.write_bytes

    def full_disk(path: Path, data: bytes) -> int:
        if written:
            raise OSError("disk full")
        written.append(path)
        return write_bytes(path, data)

    new = {"assignments.csv": b"new", "sheets/labels.pdf": b"new", "report.json": b"new"}
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(OSError, match="disk full"):
            run._replace_files(tmp_path, new)
    assert {name: (tmp_path / name).read_bytes() for name in old} == old
    assert [path.name for path in written] == ["assignments.csv.part"]

    run._replace_files(tmp_path, new)
    left = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert left == new


def test_databases_of_killed_runs_are_removed_and_those_at_work_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    for name in ("killed", "working"):
        folder = tmp_path / f"{run.PRIVATE}{name}"
        folder.mkdir()
        (folder / "month.sqlite").write_bytes(b"names")
    other = tmp_path / "another-program"
    other.mkdir()
    killed = tmp_path / f"{run.PRIVATE}killed"
    for path in (killed / "month.sqlite", killed, other):
        os.utime(path, (0, 0))
    run._drop_forgotten()
    assert not killed.exists()
    assert (tmp_path / f"{run.PRIVATE}working" / "month.sqlite").exists()
    assert other.exists()
