import os
from pathlib import Path

import pytest

from api.cli import run
from api.services.errors import Refused


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


def held(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


def test_only_what_a_run_of_the_same_month_wrote_is_replaced(tmp_path: Path) -> None:
    source, out = held(tmp_path / "in"), tmp_path / "out"
    for other in ('{"month": "2026-11"}', "[]", "my own report"):
        held(out, report_json=other, assignments_csv="November")
        with pytest.raises(Refused, match=r"run\.other_files"):
            run._replaceable(source, out, "2026-12", force=False)
        assert run._replaceable(source, out, "2026-12", force=True) == [
            "assignments.csv", "report.json",
        ]  # fmt: skip
    held(out, report_json='{"month": "2026-12"}')
    assert "assignments.csv" in run._replaceable(source, out, "2026-12", force=False)
    (out / "report.json").unlink()
    with pytest.raises(Refused, match=r"run\.other_files"):
        run._replaceable(source, out, "2026-12", force=False)
    assert run._replaceable(source, tmp_path / "new", "2026-12", force=False) == []


def test_results_never_go_among_the_inputs(tmp_path: Path) -> None:
    source = held(tmp_path / "in", assignments_csv="last month's pairs")
    with pytest.raises(Refused, match=r"run\.into_its_inputs"):
        run._replaceable(source, tmp_path / "in" / ".." / "in", "2026-12", force=True)
