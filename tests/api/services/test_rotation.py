from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services.import_details import open_details
from api.services.rotation import num_sealed_with_older_keys, reseal_everything
from data.engine import read_session, write_session
from data.schema import Child, ImportBatch, Sponsor
from data.sealing import KeyRing, SealBroken, key_id, new_key_ring, seal, unseal
from tests.factories import make_child, make_sponsor
from tests.intake_desk import Desk, child_row, children_file

NIK = "1971014502230012"


def fill(session: Session, keys: KeyRing, count: int) -> None:
    for _ in range(count):
        child, sponsor = make_child(session), make_sponsor(session)
        child.nik_sealed = seal(keys, NIK, place=f"child:nik:{child.uid}")
        sponsor.nik_sealed = seal(keys, NIK, place=f"sponsor:nik:{sponsor.uid}")


def test_after_a_rotation_everything_opens_with_the_new_key(
    engine: Engine, keys: KeyRing, now: datetime
) -> None:
    with write_session(engine) as session:
        fill(session, keys, 5)
    ring = keys.rotated()
    assert num_sealed_with_older_keys(engine, keys=ring) == 10
    assert reseal_everything(engine, keys=ring, at_once=2) == 10
    assert num_sealed_with_older_keys(engine, keys=ring) == 0
    with read_session(engine) as session:
        for child in session.exec(select(Child)):
            assert key_id(child.nik_sealed or b"") == ring.current
            assert unseal(ring, child.nik_sealed or b"", place=f"child:nik:{child.uid}") == NIK


def test_a_rotation_that_was_cut_off_is_run_again(engine: Engine, keys: KeyRing) -> None:
    with write_session(engine) as session:
        fill(session, keys, 4)
        stranger = make_sponsor(session)
        stranger.nik_sealed = seal(new_key_ring(), NIK, place=f"sponsor:nik:{stranger.uid}x")
    ring = keys.rotated()
    with pytest.raises(SealBroken):
        reseal_everything(engine, keys=ring, at_once=1)
    assert num_sealed_with_older_keys(engine, keys=ring) == 1
    with write_session(engine) as session:
        broken = session.exec(select(Sponsor).order_by(Sponsor.id.desc())).first()  # type: ignore[union-attr]
        assert broken is not None
        broken.nik_sealed = seal(keys, NIK, place=f"sponsor:nik:{broken.uid}")
    assert reseal_everything(engine, keys=ring) == 1
    assert reseal_everything(engine, keys=ring) == 0


def test_uploaded_files_are_sealed_anew_too(engine: Engine, keys: KeyRing, now: datetime) -> None:
    with write_session(engine) as session:
        desk = Desk(session, keys, now)
        desk.preview(children_file(child_row(1)))
        desk.apply(children_file(child_row(2), child_row(3, Nama=None)))
    ring = keys.rotated()
    older = num_sealed_with_older_keys(engine, keys=ring)
    assert reseal_everything(engine, keys=ring) == older >= 5
    assert num_sealed_with_older_keys(engine, keys=ring) == 0
    with read_session(engine) as session:
        for batch in session.exec(select(ImportBatch)):
            assert key_id(batch.details_sealed or b"") == ring.current
            assert len(open_details(ring, batch).changes) == 1
