from __future__ import annotations

from dataclasses import dataclass

import pytest

from docflow.ocr.dates import find_dates
from docflow.ocr.fields import propose_fields
from docflow.ocr.reading import Word

FRENCH = """ROYAUME DU MAROC
Commune de Tétouan
Bureau d'ordre
N/Réf. : 4282/BO/2022
Tétouan, le 21 août 2022
À Monsieur le Directeur provincial, Tétouan
Objet : Invitation à une réunion de coordination
Réf. : votre lettre n° 431/2022 du 26 juin 2022
Tél. : 0579890127"""
ARABIC = """يوسف مستاوي
العنوان: رقم 27 شارع الحسن الثاني، تطوان
رقم ب.و.ت: K470628
رقم الهاتف: ٠٥٦٣٤٢١٤٢٨
رقم التسجيل: ٧٢١٤/٢٠٢٠
تطوان، بتاريخ 14 شوال 1439 الموافق ل 30 شتنبر 2020
إلى السيد رئيس جماعة تطوان
الموضوع: شكاية حول الإنارة العمومية"""


@dataclass(frozen=True)
class Page:
    words: tuple[Word, ...]


def page(text: str, *, confidence: float = 90) -> Page:
    """Set each word on a grid: a line every 50 pixels, 10 pixels a character."""
    words = []
    for line_index, line in enumerate(text.splitlines()):
        x = 0
        for word in line.split():
            box = (x, 50 * line_index, x + 10 * len(word), 50 * line_index + 40)
            words.append(Word(word, box, confidence, line_index))
            x += 10 * (len(word) + 1)
    return Page(tuple(words))


def values(*pages: Page) -> dict[str, str]:
    return {name: field.value for name, field in propose_fields(pages).items()}


def test_the_fields_of_a_french_office_letter_are_found() -> None:
    assert values(page(FRENCH)) == {
        "subject": "Invitation à une réunion de coordination",
        "reference": "4282/BO/2022",
        "date": "2022-08-21",
        "addressee": "Monsieur le Directeur provincial, Tétouan",
        "sender": "Bureau d'ordre",
        "kind": "invitation",
    }


def test_the_fields_of_an_arabic_letter_of_a_citizen_are_found() -> None:
    assert values(page(ARABIC)) == {
        "subject": "شكاية حول الإنارة العمومية",
        "reference": "7214/2020",
        "date": "2020-09-30",
        "addressee": "السيد رئيس جماعة تطوان",
        "sender": "يوسف مستاوي",
        "cin": "K470628",
        "phone": "0563421428",
        "kind": "complaint",
        "unit": "technical",
    }


def test_a_field_says_where_it_was_read() -> None:
    field = propose_fields([page(FRENCH)])["reference"]

    assert field.page_number == 1
    assert field.box == (90, 150, 210, 190)


def test_a_field_read_with_doubt_is_not_proposed() -> None:
    assert values(page(FRENCH, confidence=60)) == {}


def test_the_reference_of_the_letter_answered_is_not_this_letters() -> None:
    text = "الموضوع: طلب\nالمرجع: رسالتكم عدد 684/2019 بتاريخ 13 يناير 2020"

    assert "reference" not in values(page(text))
    assert "date" not in values(page(text))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("في 3 يناير 2024", "2024-01-03"),
        ("27 ماي 2022", "2022-05-27"),
        ("12 مايو 2022", "2022-05-12"),
        ("٦ غشت ٢٠١٢", "2012-08-06"),
        ("6 آب 2012", "2012-08-06"),
        ("1 شتنبر 2020", "2020-09-01"),
        ("26 دجنبر 2022", "2022-12-26"),
        ("9 كانون الأول 2021", "2021-12-09"),
        ("le 1er février 2023", "2023-02-01"),
        ("14/01/2016", "2016-01-14"),
        ("2020/02/06", "2020-02-06"),
        ("٠٢/٠٥/٢٠٢٣", "2023-05-02"),
    ],
)
def test_a_date_is_understood_however_it_is_written(text: str, iso: str) -> None:
    assert [found.value.isoformat() for found in find_dates(text)] == [iso]


@pytest.mark.parametrize("text", ["14 شوال 1439 ه", "31/02/2020", "7214/2020", "12/13/2020", "0579890127"])
def test_what_is_no_gregorian_date_is_left_out(text: str) -> None:
    assert find_dates(text) == []
