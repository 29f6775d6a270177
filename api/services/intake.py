"""Files that come in: what would change is shown, one confirmation applies it, undo takes it back.

Nothing is half-imported: applying is one transaction. The same file twice changes nothing. Rows
that cannot be used come back as a file with row, column and reason. Where a value was confirmed in
the field later than the file knows, the field's value stays and the difference is listed.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from data.schema import Account, ImportBatch
from data.sealing import KeyRing


def preview_import(
    session: Session,
    *,
    file_name: str,
    content: bytes,
    by: Account,
    now: datetime,
    keys: KeyRing,
    kind: str | None = None,
    options: Mapping[str, object] | None = None,
) -> ImportBatch:
    """Read a file and store what it would change; nothing else is written.

    Parameters
    ----------
    kind
        ``children``, ``krs``, ``sponsors``, ``places``, ``fleet``, ``stock``, ``consents`` or
        ``last_month``; recognised by the headers when not given.
    options
        ``date_order`` (``dmy`` or ``mdy``) answers the question about dates; ``sheet`` names one;
        ``as_of`` (ISO date) says what day the file speaks of; ``take`` lists conflicts
        (``"row:field"``) in which the file wins; ``month`` of a ``last_month`` file;
        ``code_meanings`` of a KRS file.

    Returns
    -------
    ImportBatch
        ``counts`` has ``total`` = ``new + changed + same + merged + rejected``, and ``conflicts``
        and ``warnings`` beside it. ``changes`` has per row ``row, subject, label, action, fields``
        (``{name: {before, after}}``) and ``conflicts``; ``issues`` what is wrong with rows.

    Raises
    ------
    Refused
        ``intake.date_order`` with the question; ``intake.unreadable.*`` when no row can be read.
    """
    raise NotImplementedError


def apply_import(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime, keys: KeyRing
) -> ImportBatch:
    """Store what the preview showed.

    Raises
    ------
    Refused
        ``intake.state`` when it is not a preview; ``intake.changed_since_preview`` when the
        register moved in between, so that another change would be stored than was shown.
    """
    raise NotImplementedError


def discard_import(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime
) -> ImportBatch:
    """Put a preview away; its file is dropped."""
    raise NotImplementedError


def undo_import(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime, reason: str = ""
) -> ImportBatch:
    """Take an applied file back, as long as nothing was built on it.

    Raises
    ------
    Refused
        ``intake.built_upon`` with what uses or changed the rows since.
    """
    raise NotImplementedError


def rejected_rows_file(batch: ImportBatch, *, keys: KeyRing) -> tuple[str, bytes] | None:
    """Return name and XLSX content of the rows that were kept out, each with its reason."""
    raise NotImplementedError
