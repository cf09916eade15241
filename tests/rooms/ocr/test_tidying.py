from __future__ import annotations

import pytest

from docflow.ocr.ports import LineReading, ReadWord
from docflow.ocr.tidying import tidied


def line(text: str) -> LineReading:
    return LineReading(
        tuple(
            ReadWord(word, (40 * index, 0, 40 * index + 30, 20), 90 - index, (95.0,) * len(word))
            for index, word in enumerate(text.split())
        )
    )


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("avenue de La Marche Verte", "avenue de la Marche Verte"),
        ("Agadir, Le 13 octobre", "Agadir, le 13 octobre"),
        ("malgré L'accord", "malgré l'accord"),
        ("Le Chef de division", "Le Chef de division"),
        ("voirie. Les travaux", "voirie. Les travaux"),
        ("à Lahcen Larbi", "à Lahcen Larbi"),
        ("communaL", "communal"),
        ("Abderrahim EL Fassi", "Abderrahim El Fassi"),
        ("lotissement AI Amal (EL Hank)", "lotissement Al Amal (El Hank)"),
        ("VILLE DE EL JADIDA", "VILLE DE EL JADIDA"),
        ("objet : demande", "Objet : demande"),
        ("objet: demande", "Objet: demande"),
        ("objet de la demande", "objet de la demande"),
    ],
)
def test_a_case_that_cannot_be_is_the_other(read: str, meant: str) -> None:
    assert tidied(line(read)).text == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("مراكش .", "مراكش."),
        ("الأمل , فاس", "الأمل، فاس"),
        ("الأمل, فاس", "الأمل، فاس"),
        ("Rabat , le 3", "Rabat, le 3"),
        (". fin", ". fin"),
        ("a - b", "a - b"),
        ("يوم .18/03/2022", "يوم 18/03/2022."),
        ("ص.ب 12", "ص.ب 12"),
    ],
)
def test_a_stop_that_stands_apart_is_joined_to_its_word(read: str, meant: str) -> None:
    assert tidied(line(read)).text == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("I1 est. I1s sont", "Il est. Ils sont"),
        ("bloc I1 de l'immeuble", "bloc I1 de l'immeuble"),
        ("à l'A.F.S.0.A.", "à l'A.F.S.O.A."),
        ("I12 et 2.0.1 (annexe A.0.1)", "I12 et 2.0.1 (annexe A.0.1)"),
    ],
)
def test_a_digit_that_a_typewriter_cannot_have_meant_is_a_letter(read: str, meant: str) -> None:
    assert tidied(line(read)).text == meant


def test_a_word_with_its_stop_is_boxed_around_both_and_as_sure_as_the_less_sure() -> None:
    (word,) = tidied(line("مراكش .")).words

    assert word.box == (0, 0, 70, 20)
    assert word.confidence == 89
    assert len(word.letters) == len(word.text)
