"""Whether compiled code is kept on disk, by a stamp that hashes the code it was compiled from.

Numba looks at the file of each function alone, not at those that it calls: the code of all modules
together is what counts.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kept:
    """The compiled code of a package.

    Parameters
    ----------
    package
        Folder of the modules that are compiled.
    others
        Further files that the compiled code comes from.
    left_alone
        Modules of the package that hold no compiled code.
    """

    package: Path
    others: tuple[Path, ...] = ()
    left_alone: frozenset[str] = frozenset()

    def is_there(self) -> bool:
        """Return whether this code was compiled, on this machine, by this numba."""
        return self._stamp().exists()

    @contextmanager
    def being_compiled(self) -> Iterator[None]:
        """Forget what was compiled from other code; note at the end that this one is there."""
        stamp = self._stamp()
        is_new = not stamp.exists()
        if is_new:
            for pattern in ("*.nbi", "*.nbc", "*.stamp"):
                for path in stamp.parent.glob(pattern):
                    path.unlink(missing_ok=True)
        yield
        if is_new:
            with suppress(OSError):  # a folder that cannot be written to: compiled at every start
                stamp.touch()

    def _stamp(self) -> Path:
        from importlib.metadata import version  # noqa: PLC0415

        digest = hashlib.sha256(f"{version('numba')} {sys.version} {platform.processor()}".encode())
        for path in [*self.others, *sorted(self.package.glob("*.py"))]:
            if path.stem not in self.left_alone:
                digest.update(path.read_bytes())
        return self.package / "__pycache__" / f"compiled-{digest.hexdigest()[:16]}.stamp"
