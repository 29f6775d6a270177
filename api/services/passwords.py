"""Passwords: hashed with Argon2id, compared in constant time, and the common ones refused.

Hashing is slow on purpose, so it never runs inside a write transaction, and only a few at a time:
each takes 19 MiB.
"""

from functools import cache
from importlib.resources import files
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from api.services.errors import Invalid

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH = 10
MAX_LENGTH = 200
PROFILES: dict[str, dict[str, int]] = {
    "production": {"memory_cost": 19_456, "time_cost": 2, "parallelism": 1},
    "cheap": {"memory_cost": 8, "time_cost": 1, "parallelism": 1},
}
"""OWASP's profile for Argon2id; the cheap one is for tests only."""
AT_ONCE = 4
OWN_WORDS = ("asuh", "pangkalpinang", "stunting", "dinas")

_slots = BoundedSemaphore(AT_ONCE)


@cache
def _hasher(profile: str) -> "PasswordHasher":
    from argon2 import PasswordHasher

    cost = PROFILES[profile]
    return PasswordHasher(
        memory_cost=cost["memory_cost"],
        time_cost=cost["time_cost"],
        parallelism=cost["parallelism"],
    )


@cache
def _nobodys_hash(profile: str) -> str:
    return _hasher(profile).hash("nobody signs in with this")


@cache
def _common() -> frozenset[str]:
    text = (files("api.services") / "common_passwords.txt").read_text()
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def hash_password(password: str, *, profile: str) -> str:
    """Return the Argon2id hash with its own parameters and salt in it."""
    with _slots:
        return _hasher(profile).hash(password)


def password_fits(stored: str | None, password: str, *, profile: str) -> bool:
    """Whether a password is the stored one; takes as long when there is none stored."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _slots:
        try:
            _hasher(profile).verify(stored or _nobodys_hash(profile), password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def needs_rehash(stored: str, *, profile: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher(profile).check_needs_rehash(stored)


def check_password(password: str, *, username: str, field: str = "password") -> None:
    """Refuse what is too short, too long, common, or guessable from the user name.

    Raises
    ------
    Invalid
        ``password.short``, ``password.long``, ``password.common`` or ``password.guessable``.
    """
    bare = password.lower()
    code = None
    if len(password) < MIN_LENGTH:
        code = "password.short"
    elif len(password) > MAX_LENGTH:
        code = "password.long"
    elif bare in _common() or len(set(bare)) <= 2:
        code = "password.common"
    elif username.lower() in bare or bare.rstrip("0123456789!.@#") in OWN_WORDS:
        code = "password.guessable"
    if code is not None:
        raise Invalid("http.invalid", fields={field: code}, shortest=MIN_LENGTH, longest=MAX_LENGTH)
