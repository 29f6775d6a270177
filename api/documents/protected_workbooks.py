"""A spreadsheet that opens only with its password, in the form that spreadsheet programs know."""

from __future__ import annotations

from io import BytesIO

__all__ = ["protected"]


def protected(workbook: bytes, *, password: str) -> bytes:
    """Encrypt an XLSX (ECMA-376 agile encryption, AES-256); the content is not readable without.

    Source: [MS-OFFCRYPTO], as msoffcrypto-tool implements it.
    """
    from msoffcrypto.format.ooxml import OOXMLFile

    made = BytesIO()
    OOXMLFile(BytesIO(workbook)).encrypt(password, made)
    return made.getvalue()
