import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sealing import (
    KeyRing,
    KeysUnusable,
    SealBroken,
    blind_index,
    dump_keys,
    key_id,
    load_keys,
    mask,
    new_key_ring,
    reseal,
    seal,
    unseal,
    write_key_file,
)

NIK = "1971014502230012"
PLACE = "child:nik:0a1b"
KEYS = KeyRing(current=1, sealing={1: b"s" * 32}, index=b"i" * 32, audit=b"a" * 32)


@given(text=st.text(), place=st.text())
def test_what_is_sealed_opens_at_its_place(text: str, place: str) -> None:
    assert unseal(KEYS, seal(KEYS, text, place=place), place=place) == text


def test_a_value_moved_to_another_row_does_not_open() -> None:
    sealed = seal(KEYS, NIK, place=PLACE)
    with pytest.raises(SealBroken):
        unseal(KEYS, sealed, place="child:nik:ffff")


@given(position=st.integers(min_value=0, max_value=46), bit=st.integers(0, 7))
def test_no_altered_bit_passes(position: int, bit: int) -> None:
    sealed = bytearray(seal(KEYS, NIK, place=PLACE))
    sealed[position] ^= 1 << bit
    with pytest.raises(SealBroken):
        unseal(KEYS, bytes(sealed), place=PLACE)


@given(junk=st.binary(max_size=80))
def test_junk_is_refused_with_our_own_error(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(KEYS, junk, place=PLACE)


def test_sealing_twice_gives_different_bytes_without_the_number_in_them() -> None:
    first, second = seal(KEYS, NIK, place=PLACE), seal(KEYS, NIK, place=PLACE)
    assert first != second
    assert NIK.encode() not in first


def test_after_rotation_old_values_open_and_reseal_moves_them_on() -> None:
    old = seal(KEYS, NIK, place=PLACE)
    ring = KEYS.rotated()
    assert unseal(ring, old, place=PLACE) == NIK
    new = reseal(ring, old, place=PLACE)
    assert (key_id(old), key_id(new)) == (1, 2)
    assert reseal(ring, new, place=PLACE) is new
    assert blind_index(ring, NIK) == blind_index(KEYS, NIK)


def test_the_index_depends_on_its_key() -> None:
    assert blind_index(KEYS, NIK) != blind_index(new_key_ring(), NIK)
    assert len(blind_index(KEYS, NIK)) == 64


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (NIK, "1971••••••••0012"),
        ("197101450223", "1971••••0223"),
        ("12345", "•••••"),
        ("", ""),
    ],
)
def test_a_masked_number_shows_eight_digits_at_most(number: str, shown: str) -> None:
    assert mask(number) == shown


def test_a_key_file_reads_back_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.json"
    write_key_file(path, KEYS)
    assert load_keys(path.read_text()) == KEYS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write_key_file(path, KEYS)
    with pytest.raises(FileExistsError):
        write_key_file(path, new_key_ring())


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"current": 1}', "geheim", "1"])
def test_unusable_keys_are_refused_without_quoting_them(text: str) -> None:
    with pytest.raises(KeysUnusable) as refusal:
        load_keys(text)
    assert "geheim" not in str(refusal.value)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(KeysUnusable):
        KeyRing(current=1, sealing={1: b"short"}, index=b"i" * 32, audit=b"a" * 32)


def test_keys_do_not_show_in_a_representation() -> None:
    assert "ssss" not in repr(KEYS)
    assert dump_keys(KEYS) not in repr(KEYS)
