"""The certificate of thanks: one page, in both languages, without a child's alias."""

from datetime import date

import pytest

from api.documents.certificates import certificate_pdf
from api.documents.models import Language
from api.documents.report_models import Certificate, Signatory
from tests.api.documents.pdf_reading import claims_pdf_ua, page_texts, whole_text
from tests.api.documents.sample_reports import letter


def certificate(last_month: date, num_children: int = 2) -> Certificate:
    return Certificate(
        imprint=letter().imprint,
        sponsor_name="Ibu [Siti] #Contoh",
        first_month=date(2026, 9, 1),
        last_month=last_month,
        num_children=num_children,
        num_packages=7,
        dated_on=date(2026, 12, 1),
        signatory=Signatory("Kepala Dinas"),
    )


@pytest.mark.parametrize(
    ("language", "last_month", "num_children", "expected"),
    [
        ("id", date(2026, 12, 1), 2, "sejak September 2026 sampai Desember 2026"),
        ("id", date(2026, 9, 1), 1, "pada September 2026"),
        ("id", date(2026, 9, 1), 1, "7 paket makanan bergizi yang sampai kepada seorang anak"),
        ("en", date(2026, 12, 1), 1, "7 packages of nutritious food that reached one child"),
    ],
)
def test_it_says_what_arrived_and_when(
    language: Language, last_month: date, num_children: int, expected: str
) -> None:
    pdf = certificate_pdf(certificate(last_month, num_children), language=language)
    text = whole_text(pdf)
    assert len(page_texts(pdf)) == 1
    assert claims_pdf_ua(pdf)
    assert expected in text
    assert "Ibu [Siti] #Contoh" in text, "what people type is never read as markup"
    assert "7" in text
