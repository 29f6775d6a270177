"""Matrices on disk: met again by their hash, never trusted when they cannot be read."""

from pathlib import Path

import numpy as np
from sqlalchemy import create_engine
from sqlmodel import Session

from api.services.matrix_cache import NUM_FILES, folder_of, load_matrix, store_matrix
from logistics.distance import GivenMatrix


def matrix(metres: int = 5) -> GivenMatrix:
    table = np.array([[0, metres], [-1, 0]], dtype=np.int64)
    return GivenMatrix(("D1", "H2"), {"pickup": table}, {"pickup": table}, "roads", "2026-11-28")


def test_a_matrix_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "matrices"
    assert load_matrix(folder, "a") is None
    store_matrix(folder, "a", matrix())
    found = load_matrix(folder, "a")
    assert found is not None
    assert (found.ids, found.source, found.as_of) == (("D1", "H2"), "roads", "2026-11-28")
    assert found.distance_m["pickup"].tolist() == [[0, 5], [-1, 0]]
    assert load_matrix(folder, "b") is None
    assert folder.stat().st_mode & 0o077 == 0


def test_a_file_that_is_broken_or_belongs_to_another_key_is_no_matrix(tmp_path: Path) -> None:
    store_matrix(tmp_path, "a", matrix())
    (tmp_path / "a.npz").rename(tmp_path / "b.npz")
    assert load_matrix(tmp_path, "b") is None
    (tmp_path / "c.npz").write_bytes(b"no archive")
    assert load_matrix(tmp_path, "c") is None


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for number in range(NUM_FILES + 2):
        store_matrix(tmp_path, f"k{number}", matrix())
    assert len(list(tmp_path.iterdir())) == NUM_FILES


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    store_matrix(tmp_path / "file", "a", matrix())
    store_matrix(None, "a", matrix())
    assert load_matrix(tmp_path / "file", "a") is None
    assert load_matrix(None, "a") is None


def test_the_folder_lies_beside_the_database(tmp_path: Path) -> None:
    for url, folder in (
        (f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "matrices"),
        ("sqlite://", None),
    ):
        engine = create_engine(url)
        with Session(engine) as session:
            assert folder_of(session) == folder
        engine.dispose()
