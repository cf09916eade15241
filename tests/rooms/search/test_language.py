from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.search.language.analyser import analyse
from docflow.search.language.arabic import stem_arabic
from docflow.search.language.arabic_words import lexicon
from docflow.search.language.expansion import other_sequences, other_stems
from docflow.search.language.folding import fold
from docflow.search.language.french import stem_french
from docflow.search.language.misreadings import misreadings, misreadings_of_known


def stem_of(word: str) -> str:
    (stem,) = analyse(word).stems
    return stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("إدارة", "اداره"),
        ("مستشفى", "مستشفي"),
        ("مُقَاطَعَة", "مـقـاطـعـة"),
        ("أگادير", "اكادير"),
        ("ﻻئحة", "لائحة"),
        ("٢٠٢٠", "2020"),
        ("۲۰۲۰", "2020"),
        ("ÉTAT", "etat"),
        ("Œuvre", "oeuvre"),
        ("کتاب", "كتاب"),
        ("مسئول", "مسؤول"),
        ("شئون", "شؤون"),
        ("هيأة", "هيئة"),
        ("بناء", "بنا"),
    ],
)
def test_spellings_of_one_word_are_folded_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("l'éclairage d’été qu'il", ["eclairage", "ete", "il"]),
        ("L' habitation", ["habitation"]),
        ("aujourd'hui", ["aujourd", "hui"]),
        ("R-2019-0004521", ["r", "2019", "0004521"]),
        ("رقم4 بONEE", ["رقم", "4", "ب", "onee"]),
        ("CIN BE123456", ["cin", "be123456"]),
        ("١٢٫٣٤٥", ["12", "345"]),
        ("procès-verbal_final", ["proces", "verbal", "final"]),
        ("🙂 \u200f \ud800 \x00 ـ", []),
    ],
)
def test_text_is_cut_into_tokens(text: str, tokens: list[str]) -> None:
    assert list(analyse(text).exact) == tokens


@given(st.text(max_size=80))
def test_any_text_is_analysed_with_places_in_the_original(text: str) -> None:
    analysed = analyse(text)

    assert len(analysed.exact) == len(analysed.stems) == len(analysed.offsets)
    assert all(token and not set(token) & set(" \n\t\x1f") for token in (*analysed.exact, *analysed.stems))
    ends = [0, *(end for _, end in analysed.offsets)]
    assert all(end <= start < stop for end, (start, stop) in zip(ends, analysed.offsets, strict=False))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_folding_twice_changes_nothing(token: str) -> None:
    assert fold(fold(token)) == fold(token)


@pytest.mark.parametrize(
    "family",
    [
        "شكاية الشكايات شكايتي بالشكايات وشكاية شكاياتهم للشكايات",
        "مقاطعة المقاطعات بالمقاطعة للمقاطعة ومقاطعتنا",
        "لجنة اللجنة للجنة لجان اللجان بلجنة",
        "وزارة الوزارة بوزارة ووزارة للوزارة",
        "وثيقة الوثائق وثائقهم بالوثائق",
        "قانون القوانين قانونية القانونيين",
        "بناء البناء بالبناء للبناء",
        "كهرباء الكهرباء كهربائية كهربائي",
        "ملف بملف لملف الملفات ملفكم ملفا",
        "موظف الموظفين موظفو موظفات للموظف",
        "ماء الماء بالماء للماء",
        "حي الحي بالحي للحي أحياء",
        "إدارة الإدارات إدارية إداريين إداريا",
        "مجلس فمجلس كمجلس والمجلس وبالمجلس",
        "جهة جهات جهتها جهتهم بجهتنا الجهة",
        "مدينة المدن بمدينتنا مدينتي ومدن",
        "قانون قانونا فقانون كالقوانين",
        "عضو أعضاء بعضو وعضو",
        "منشأة منشآت المنشآت",
        "فئة والفئة فئات بفئات",
    ],
)
def test_forms_of_an_arabic_word_share_a_stem(family: str) -> None:
    stems = {word: stem_of(word) for word in family.split()}

    assert len(set(stems.values())) == 1, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("وزارة", "زارة"),
        ("لجنة", "جنة"),
        ("وثيقة", "ثقة"),
        ("ولاية", "لاية"),
        ("بلدية", "لدي"),
        ("جماعة", "جامعة"),
        ("قرار", "إقرار"),
        ("مدرسة", "دراسة"),
        ("وكالة", "آلة"),
        ("والدين", "دين"),
        ("مدير", "مديرية"),
        ("بطاقة", "طاقة"),
        ("مصلحة", "مصالحة"),
        ("محضر", "محاضرة"),
        ("مدينة", "مدين"),
        ("طريق", "طريقة"),
        ("مكتب", "مكتبة"),
        ("وفاة", "وفاء"),
        ("حي", "حياء"),
        ("كبير", "بئر"),
    ],
)
def test_different_arabic_words_keep_different_stems(one: str, other: str) -> None:
    assert stem_of(one) != stem_of(other)


@pytest.mark.parametrize("word", ["", "و", "ال", "لل", "وال", "بال", "اه", "ات", "ءءء", "ووووو", "لللل"])
def test_letters_of_clitics_alone_are_no_clitics(word: str) -> None:
    assert stem_arabic(fold(word)) or not fold(word)


def test_every_plural_of_the_table_has_the_stem_of_its_singular_and_no_word_is_both() -> None:
    known = lexicon()

    assert len(known.plurals) > 800
    assert {plural for plural, stem in known.plurals.items() if stem_arabic(plural) != stem} == set()
    assert {stem for stem in known.plurals.values() if stem not in known.bases} == set()


@pytest.mark.parametrize(
    "family",
    [
        "école écoles ecoles ECOLES",
        "municipal municipale municipaux municipales municipalité",
        "autorisation autorisations autorisé autoriser autorisée",
        "arrêté arrêtés arrete",
        "travail travaux",
        "bail baux",
        "construction constructions construire construit",
        "nettoyage nettoyages nettoyer",
        "déposer déposé déposée déposées",
        "bureau bureaux",
        "réparation réparer réparations",
        "commission commissions",
        "conseiller conseillers conseillère conseillères",
        "directeur directeurs directrice directrices",
        "loyer loyers",
        "loi lois",
        "rue rues",
        "lieu lieux",
        "tuyau tuyaux",
        "public publics publique publiques",
        "sportif sportive sportives",
        "élu élus élue élues",
        "conflit conflits",
        "donnée données",
    ],
)
def test_forms_of_a_french_word_share_a_stem(family: str) -> None:
    stems = {word: stem_of(word) for word in family.split()}

    assert len(set(stems.values())) == 1, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("école", "écologie"),
        ("marché", "démarche"),
        ("habitation", "habit"),
        ("voirie", "voir"),
        ("propreté", "propriété"),
        ("facture", "fracture"),
        ("permis", "permission"),
        ("conseil", "conseiller"),
        ("usage", "usager"),
        ("loi", "loyer"),
        ("lot", "lotissement"),
        ("arrondi", "arrondissement"),
        ("taxe", "taxi"),
        ("délai", "délit"),
        ("public", "publicité"),
        ("mois", "moi"),
    ],
)
def test_different_french_words_keep_different_stems(one: str, other: str) -> None:
    assert stem_french(fold(one)) != stem_french(fold(other))


@pytest.mark.parametrize(
    ("singular", "plural"),
    [("خنجر", "خناجر"), ("قمر", "أقمار"), ("شباك", "شبابيك"), ("عصفور", "عصافير"), ("رغيف", "أرغفة"), ("صقر", "صقور")],
)
def test_plurals_of_usual_patterns_are_guessed_both_ways(singular: str, plural: str) -> None:
    assert stem_of(plural) in other_stems(fold(singular))
    assert stem_of(singular) in other_stems(fold(plural))


def test_words_of_the_lexicon_are_not_guessed_at() -> None:
    assert other_stems(fold("لجنة")) == ()


@pytest.mark.parametrize(
    ("number", "sequences"),
    [
        ("15000", (("15", "0"),)),
        ("2026", ()),
        ("12345678", (("12", "345", "678"),)),
        ("0522334455", (("522", "334", "455"), ("5", "22", "33", "44", "55"), ("522", "33", "44", "55"))),
        ("145", ()),
    ],
)
def test_numbers_are_also_asked_for_in_groups(number: str, sequences: tuple[tuple[str, ...], ...]) -> None:
    assert other_sequences(number) == sequences


@pytest.mark.parametrize(
    ("word", "misread"),
    [
        ("المقاطعه", "المقاطغه"),
        ("الشكايات", "الشكابات"),
        ("reclamation", "reclamatlon"),
        ("commune", "commnue"),
        ("urbanisme", "urbanism"),
        ("arrondissement", "arrondissernent"),
    ],
)
def test_a_misread_letter_is_a_misreading(word: str, misread: str) -> None:
    assert misread in misreadings_of_known(word)


@pytest.mark.parametrize(
    ("word", "other"),
    [("facture", "fracture"), ("proprete", "propriete"), ("reclamation", "declaration"), ("جماعه", "جامعه")],
)
def test_another_word_is_no_misreading(word: str, other: str) -> None:
    assert other not in misreadings_of_known(word)


def test_short_words_and_numbers_have_no_misreadings() -> None:
    assert misreadings("eau") == misreadings("2026") == misreadings("be123456") == frozenset()
