"""Sealing of citizen numbers: encrypted, bound to their place, searched by keyed hash, masked.

A sealed value is ``version (1) · key id (2) · nonce (12) · AES-256-GCM ciphertext and tag``. The
place (``child:nik:<uid>``) is bound in as associated data, so a value moved to another row does
not open. Several keys may be in the ring; new values use the current one. The blind index has a
key of its own: a plain hash of a NIK can be searched through, because a NIK is a date and an
area code with four digits to guess.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

VERSION = 1
NONCE_BYTES = 12
KEY_BYTES = 32
HEADER_BYTES = 3
MASK = "•"
MASK_SHOWN = 4
MASK_MIN_DIGITS = 12


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong place, or it was altered."""


class KeysUnusable(Exception):
    """The key file is missing, unreadable, or not of our form."""


@dataclass(frozen=True)
class KeyRing:
    """Every key of an installation.

    Parameters
    ----------
    current
        Id of the key that seals new values.
    sealing
        Key id → 32 bytes; old keys stay until everything is sealed anew.
    index
        Key of the blind index; changing it means indexing every row anew.
    audit
        Key of the audit chain.
    """

    current: int
    sealing: dict[int, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    audit: bytes = field(repr=False)

    def __post_init__(self) -> None:
        keys = [*self.sealing.values(), self.index, self.audit]
        if self.current not in self.sealing or any(len(key) != KEY_BYTES for key in keys):
            msg = "a key ring needs its current key, and every key 32 bytes"
            raise KeysUnusable(msg)

    def rotated(self) -> "KeyRing":
        """Return a ring with a fresh current key; the old ones still open old values."""
        fresh = max(self.sealing) + 1
        sealing = self.sealing | {fresh: secrets.token_bytes(KEY_BYTES)}
        return KeyRing(current=fresh, sealing=sealing, index=self.index, audit=self.audit)


def new_key_ring() -> KeyRing:
    """Draw every key anew."""
    first, index, audit = (secrets.token_bytes(KEY_BYTES) for _ in range(3))
    return KeyRing(current=1, sealing={1: first}, index=index, audit=audit)


def seal(keys: KeyRing, text: str, *, place: str) -> bytes:
    """Encrypt a text for one place (``table:column:row uid``)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    nonce = os.urandom(NONCE_BYTES)
    header = bytes([VERSION]) + keys.current.to_bytes(2, "big")
    cipher = AESGCM(keys.sealing[keys.current])
    return header + nonce + cipher.encrypt(nonce, text.encode(), header + place.encode())


def unseal(keys: KeyRing, sealed: bytes, *, place: str) -> str:
    """Decrypt what was sealed for this place.

    Raises
    ------
    SealBroken
        When key, place or value is not the one it was sealed with.
    """
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    header, rest = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
    key = keys.sealing.get(key_id(sealed))
    if key is None:
        msg = "sealed with a key that is not in the ring"
        raise SealBroken(msg)
    try:
        nonce, ciphertext = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        return AESGCM(key).decrypt(nonce, ciphertext, header + place.encode()).decode()
    except (InvalidTag, ValueError):
        msg = "the sealed value was altered or belongs to another place"
        raise SealBroken(msg) from None


def key_id(sealed: bytes) -> int:
    """Return the id of the key that a value was sealed with (0 when it is not of our form)."""
    if len(sealed) <= HEADER_BYTES + NONCE_BYTES or sealed[0] != VERSION:
        return 0
    return int.from_bytes(sealed[1:HEADER_BYTES], "big")


def reseal(keys: KeyRing, sealed: bytes, *, place: str) -> bytes:
    """Seal with the current key what was sealed with an older one; the same bytes otherwise."""
    if key_id(sealed) == keys.current:
        return sealed
    return seal(keys, unseal(keys, sealed, place=place), place=place)


def blind_index(keys: KeyRing, text: str) -> str:
    """Return the keyed hash (64 hexadecimal digits) by which a number is searched and unique."""
    return hmac.new(keys.index, b"index:" + text.encode(), hashlib.sha256).hexdigest()


def mask(number: str) -> str:
    """Show the first and last four digits only: ``1971••••••••0012``."""
    if len(number) < MASK_MIN_DIGITS:
        return MASK * len(number)
    hidden = len(number) - 2 * MASK_SHOWN
    return number[:MASK_SHOWN] + MASK * hidden + number[-MASK_SHOWN:]


def dump_keys(keys: KeyRing) -> str:
    """Write a ring as JSON (a secret)."""
    return json.dumps(
        {
            "current": keys.current,
            "sealing": {str(number): _to_text(key) for number, key in keys.sealing.items()},
            "index": _to_text(keys.index),
            "audit": _to_text(keys.audit),
        },
        indent=1,
    )


def load_keys(text: str) -> KeyRing:
    """Read a ring from JSON; the error never quotes the text."""
    try:
        found = json.loads(text)
        return KeyRing(
            current=int(found["current"]),
            sealing={int(number): _to_key(key) for number, key in found["sealing"].items()},
            index=_to_key(found["index"]),
            audit=_to_key(found["audit"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        msg = "the keys are not JSON with current, sealing, index and audit"
        raise KeysUnusable(msg) from None


def write_key_file(path: Path, keys: KeyRing) -> None:
    """Write a ring to a file that only its owner reads; an existing file is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(dump_keys(keys))


def _to_text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _to_key(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
