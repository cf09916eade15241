from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import pytest

from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.crops import cropped, without_intruders
from docflow.ocr.layout import LineBox
from docflow.ocr.letter_shapes import sure_language_of
from docflow.ocr.mixed import put_together
from docflow.ocr.ports import EngineState, GreyImage, Language, LineReading, ReadWord
from docflow.ocr.recognition import LineImages, RecognisedLine, kept_lines, recognise_lines
from docflow.ocr.script import doubts_script
from docflow.ocr.word_order import in_logical_order

ARABIC, FRENCH = Language.ARABIC, Language.FRENCH


def seen(line: str, *, confidence: float = 90) -> list[ReadWord]:
    """Words as they stand on the line, from left to right."""
    return [
        ReadWord(text, (100 * place, 0, 100 * place + 80, 40), confidence) for place, text in enumerate(line.split())
    ]


@pytest.mark.parametrize(
    ("base", "from_left", "read"),
    [
        (ARABIC, "العامة المصالح", "المصالح العامة"),
        (ARABIC, "06 66 96 74 22 الهاتف:", "الهاتف: 06 66 96 74 22"),
        (ARABIC, "+212 661 22 33 44 الهاتف:", "الهاتف: +212 661 22 33 44"),
        (ARABIC, "2018 دجنبر 6 في", "في 6 دجنبر 2018"),
        (ARABIC, "الساكن (Karim El Khattabi) السيد", "السيد (Karim El Khattabi) الساكن"),
        (ARABIC, "المتعلق rue 12 Atlas زنقة", "زنقة rue 12 Atlas المتعلق"),
        (ARABIC, "2015 31 المادة", "المادة 31 2015"),
        (FRENCH, "la wilaya البيضاء الدار ولاية de", "la wilaya ولاية الدار البيضاء de"),
        (FRENCH, "Tél. : 0571 300643", "Tél. : 0571 300643"),
    ],
)
def test_words_are_read_in_the_order_of_the_line_and_of_their_script(base: Language, from_left: str, read: str) -> None:
    words = in_logical_order(seen(from_left), base=base)

    assert " ".join(word.text for word in words) == read


def reading(*words: tuple[str, int, int, float]) -> LineReading:
    return LineReading(
        tuple(ReadWord(text, (left, 0, right, 40), confidence) for text, left, right, confidence in words)
    )


def test_a_french_name_in_an_arabic_line_is_taken_from_the_french_reading() -> None:
    arabic = reading(
        ("السيد", 500, 560, 93), ("كريم", 420, 490, 91), ("(ا1055", 250, 400, 30), ("الساكن", 100, 200, 92)
    )
    french = reading(("lo", 100, 200, 25), ("(Karim", 250, 320, 92), ("Alami)", 330, 400, 90), ("ere", 420, 560, 20))

    line = put_together({ARABIC: arabic, FRENCH: french})

    assert line.text == "السيد كريم (Karim Alami) الساكن"


def test_a_line_of_both_scripts_runs_as_the_text_around_it() -> None:
    readings = {
        ARABIC: reading(("بشارع", 400, 500, 93), ("(ا1055", 520, 900, 30), ("(طع", 50, 390, 25)),
        FRENCH: reading(("boulevard", 50, 240, 92), ("Hassan", 250, 390, 92), ("Abdelaziz", 520, 900, 92)),
    }

    assert put_together(readings).text == "boulevard Hassan بشارع Abdelaziz"
    assert put_together(readings, direction=ARABIC).text == "Abdelaziz بشارع boulevard Hassan"


def test_a_reading_of_the_other_script_takes_no_word_that_was_read_surely() -> None:
    arabic = reading(("السيد", 500, 560, 93), ("كريم", 420, 490, 91))
    french = reading(("au", 500, 560, 95), ("es", 420, 490, 60))

    assert put_together({ARABIC: arabic, FRENCH: french}).text == "السيد كريم"


def by_sign(word: ReadWord, *signs: float) -> ReadWord:
    """The word, as sure as its least sure sign."""
    return ReadWord(word.text, word.box, min(signs), signs)


@pytest.mark.parametrize(
    ("signs", "read"),
    [
        ((58, 99, 99, 99, 99), "السيد (rue الساكن"),
        ((58, 94, 99, 97, 99), "السيد (كعل الساكن"),
    ],
)
def test_a_french_word_whose_bracket_was_read_badly_is_told_by_its_other_signs(
    signs: tuple[float, ...], read: str
) -> None:
    arabic = reading(("السيد", 400, 500, 93), ("(كعل", 250, 390, 64), ("الساكن", 100, 200, 92))
    french = LineReading((by_sign(ReadWord("(rue", (250, 0, 390, 40), 58), *signs),))

    assert put_together({ARABIC: arabic, FRENCH: french}).text == read


@pytest.mark.parametrize(
    ("sure", "read"), [(99, "بشارع المسيرة (avenue de la Marche) قرب"), (70, "بشارع المسيرة (عامه عل لها صناعة) قرب")]
)
def test_what_stands_in_brackets_that_the_french_reading_opens_and_closes_is_french(sure: float, read: str) -> None:
    places = [(330, 390), (290, 320), (250, 280), (200, 240)]
    latin = zip(["(avenue", "de", "la", "Marche)"], reversed(places), strict=True)
    other = zip([("(عامه", 60), ("عل", 92), ("لها", 85), ("صناعة)", 62)], places, strict=True)
    arabic = reading(
        ("بشارع", 500, 560, 93),
        ("المسيرة", 400, 490, 91),
        *((text, left, right, confidence) for (text, confidence), (left, right) in other),
        ("قرب", 100, 190, 90),
    )
    french = LineReading(
        tuple(by_sign(ReadWord(text, (left, 0, right, 40), 0), *[sure] * len(text)) for text, (left, right) in latin)
    )

    assert put_together({ARABIC: arabic, FRENCH: french}, direction=ARABIC).text == read


@pytest.mark.parametrize(
    ("text", "confidence", "doubted"),
    [
        ("رقم 1317 بتاريخ 12/03/2014", 85, False),
        ("السيد (ا101155 الساكن", 85, True),
        ("رقم الهاتف 48741403", 85, True),
        ("السيد Karim الساكن", 85, True),
        ("12/03/2014", 95, False),
        ("12/03/2014", 80, True),
    ],
)
def test_an_arabic_line_with_what_no_one_writes_is_shown_to_the_other_model(
    text: str, confidence: float, doubted: bool
) -> None:
    assert doubts_script(LineReading(tuple(seen(text, confidence=confidence))), language=ARABIC) is doubted


def test_ink_of_a_neighbouring_line_is_wiped_from_a_crop_and_the_dots_of_the_line_stay() -> None:
    page = np.full((200, 400), 250, np.uint8)
    cv2.rectangle(page, (50, 90), (350, 110), 0, -1)
    cv2.rectangle(page, (200, 80), (206, 84), 0, -1)
    cv2.rectangle(page, (100, 20), (140, 78), 0, -1)
    box = (50, 80, 351, 111)

    dirty, clean = (make(page, box, mm_px=8).pixels for make in (cropped, without_intruders))

    assert dirty[:4].min() < 60 < 200 < clean[:4].min()
    assert clean.min() < 60
    assert clean[5:11, 186:198].min() < 128


def test_a_crop_leads_back_to_the_page() -> None:
    page = np.full((300, 900), 250, np.uint8)
    crop = cropped(page, (100, 100, 500, 130), mm_px=10)

    height, width = crop.pixels.shape

    assert height == 48
    assert crop.on_page((0, 0, width, height)) == (96, 89, 504, 141)


def test_no_word_of_a_read_line_is_boxed_over_another() -> None:
    line = np.full((60, 1400), 250, np.uint8)
    cv2.putText(line, "Commune de Casablanca - avenue des FAR - 2024", (10, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)

    words = TesseractLineReader().read_lines([line], language=FRENCH)[0].words

    assert len(words) >= 8
    for word, following in pairwise(words):
        assert word.box[2] <= following.box[0] + 4


class Shades:
    """A reader that answers a crop by the shade a little above its middle row, which is made plain."""

    def __init__(self, answers: dict[int, tuple[str, float]]) -> None:
        self.answers = answers

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        shades = [int(crop[20, crop.shape[1] // 2]) for crop in crops]
        return [
            LineReading((ReadWord(self.answers[shade][0], (0, 0, 40, 20), self.answers[shade][1]),)) for shade in shades
        ]

    def state(self) -> EngineState:
        return EngineState((), frozenset())


def test_a_sure_page_number_is_text_and_a_doubtful_sign_a_stroke_of_a_pen() -> None:
    answers = {10: ("12", 91.0), 30: ("/", 60.0), 50: ("Commune", 91.0), 70: ("Vs", 80.0)}
    page = np.full((400, 400), 250, np.uint8)
    lines = []
    for place, shade in enumerate(answers):
        page[50 * place : 50 * place + 30, 10:60] = shade
        lines.append(LineBox((10, 50 * place, 60, 50 * place + 30), ((float(place), 0),)))

    kept = kept_lines(recognise_lines(LineImages(page, 4, lines, Shades(answers)), first_language=FRENCH))

    assert [line.reading.text for line in kept] == ["12", "Commune"]


def test_a_tall_line_that_was_cut_in_two_is_read_whole_when_both_parts_read_badly() -> None:
    answers = {10: ("Commune", 91.0), 30: ("ce", 20.0), 50: ("LTR", 15.0), 40: ("Direction", 88.0)}
    page = np.full((400, 800), 250, np.uint8)
    page[20:50, 10:500], page[100:130, 10:500], page[130:150, 10:500] = 10, 30, 50
    boxes = [(10, 20, 500, 50), (10, 100, 500, 130), (10, 130, 500, 150)]
    lines = [LineBox(box, ((float(place), 0),)) for place, box in enumerate(boxes)]
    reader = WholeAsForty(answers)

    read = recognise_lines(LineImages(page, 4, lines, reader), first_language=FRENCH)

    assert [line.reading.text for line in read] == ["Commune", "Direction"]
    assert read[1].line.box == (10, 100, 500, 150)


@pytest.mark.parametrize(
    ("title", "whole", "read"),
    [
        (("Directlon", 81.0), ("Direction", 90.0), ["Commune", "Direction"]),
        (("Direction", 88.0), ("Direction", 96.0), ["Commune", "'", "Direction"]),
        (("Directlon", 81.0), ("Direcxlon", 84.0), ["Commune", "'", "Directlon"]),
    ],
    ids=["tops cut off", "read surely without", "read no better with"],
)
def test_a_title_whose_tops_were_cut_off_is_read_whole(
    title: tuple[str, float], whole: tuple[str, float], read: list[str]
) -> None:
    page = np.full((400, 800), 250, np.uint8)
    page[20:50, 10:500], page[100:124, 40:700], page[124:160, 10:700] = 10, 30, 50
    boxes = [(10, 20, 500, 50), (40, 100, 700, 124), (10, 124, 700, 160)]
    lines = [LineBox(box, ((float(place), 0),)) for place, box in enumerate(boxes)]
    reader = WholeAsForty({10: ("Commune", 91.0), 30: ("'", 20.0), 50: title, 40: whole})

    found = recognise_lines(LineImages(page, 4, lines, reader), first_language=FRENCH)

    assert [line.reading.text for line in found] == read


@pytest.mark.parametrize(
    ("upper", "lower", "read"),
    [
        (("Direction des eaux", 88.0), ("Le chef", 60.0), ["Commune", "Direction des eaux", "Le chef"]),
        (("Direction des eaux", 70.0), ("Le chef", 60.0), ["Commune", "R"]),
        (("LTR", 93.0), ("ce", 20.0), ["Commune", "R"]),
    ],
)
def test_two_lines_taken_for_one_are_read_one_by_one_if_one_of_them_is_surely_a_line(
    upper: tuple[str, float], lower: tuple[str, float], read: list[str]
) -> None:
    page = np.full((400, 800), 250, np.uint8)
    page[20:50, 10:500], page[100:128, 10:500], page[132:160, 10:500] = 10, 30, 50
    lines = [LineBox(box, ((float(place), 0),)) for place, box in enumerate([(10, 20, 500, 50), (10, 100, 500, 160)])]
    reader = WholeAsForty({10: ("Commune", 91.0), 30: upper, 50: lower, 40: ("R", 12.0)})

    found = recognise_lines(LineImages(page, 4, lines, reader), first_language=FRENCH)

    assert [line.reading.text for line in found] == read
    assert {line.line.path for line in found} == {((0.0, 0),), ((1.0, 0),)}


class WholeAsForty(Shades):
    """A reader to which a crop of two shades is the shade 40."""

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        flat = []
        for crop in crops:
            middle = crop[8:-8, crop.shape[1] // 2]
            both = min((middle == shade).sum() for shade in (30, 50)) > 8
            flat.append(np.full_like(crop, 40) if both else np.full_like(crop, middle[len(middle) // 2 - 4]))
        return super().read_lines(flat, language=language)


@pytest.mark.parametrize(
    ("signs", "confidence", "is_kept"),
    [
        ((99.0, 98.0, 92.0, 99.0, 80.0, 98.0, 91.0), 12.0, True),
        ((99.0, 97.0, 95.0, 99.0, 96.0, 98.0, 97.0), 65.0, False),
        ((99.0,) * 6 + (90.0,) * 20, 12.0, False),
        ((98.5, 99.0), 91.0, True),
        ((95.0, 97.0, 94.0), 70.0, False),
        ((), 91.0, True),
        ((), 70.0, False),
    ],
)
def test_a_line_is_text_when_the_engine_is_sure_of_four_signs_and_a_quarter_of_it_or_of_all_there_are(
    signs: tuple[float, ...], confidence: float, is_kept: bool
) -> None:
    word = ReadWord("D" * max(2, len(signs)), (10, 10, 400, 40), confidence, signs)
    line = RecognisedLine(LineBox(word.box, ((0.0, 0),)), LineReading((word,)), FRENCH)

    assert bool(kept_lines([line])) is is_kept


def text_line(*pieces: tuple[int, int]) -> GreyImage:
    """A crop with pieces of ink so wide and high beside one another."""
    line = np.full((48, 900), 250, np.uint8)
    x = 10
    for width, height in pieces:
        cv2.rectangle(line, (x, 40 - height), (x + width - 1, 39), 0, -1)
        x += width + 6
    return line


@pytest.mark.parametrize(
    ("pieces", "language"),
    [
        ([(14, 22)] * 20, FRENCH),
        ([(40, 22), (10, 26)] * 8, ARABIC),
        ([(40, 22), (10, 26)] * 2, None),
        ([(14, 22)] * 16 + [(40, 22)] * 2, None),
        ([(14, 22)] * 20 + [(8, 4)] * 10, FRENCH),
        ([], None),
    ],
)
def test_the_shapes_of_letters_tell_the_script_of_a_long_line(
    pieces: list[tuple[int, int]], language: Language | None
) -> None:
    assert sure_language_of(text_line(*pieces)) is language


class Asked(Shades):
    """A reader that remembers how many crops it was asked for in each language."""

    def __init__(self) -> None:
        super().__init__({})
        self.counts = {FRENCH: 0, ARABIC: 0}

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        self.counts[language] += len(crops)
        text = "Commune" if language is FRENCH else "جماعة"
        return [LineReading((ReadWord(text, (0, 0, 40, 20), 95),)) for _ in crops]


def test_a_line_surely_in_the_other_script_is_read_by_its_model_only() -> None:
    page = np.full((400, 900), 250, np.uint8)
    page[50:98], page[150:198] = text_line(*[(14, 22)] * 20), text_line(*[(40, 22), (10, 26)] * 8)
    lines = [LineBox((10, top + 10, 520, top + 40), ((float(top), 0),)) for top in (50, 150)]
    reader = Asked()

    read = recognise_lines(LineImages(page, 8, lines, reader), first_language=FRENCH)

    assert [line.reading.text for line in read] == ["Commune", "جماعة"]
    assert reader.counts == {FRENCH: 1, ARABIC: 1}


class Dated:
    """Reads a date as either model does, and the words beside it well in Arabic only."""

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        date = ("10/01/2024", 0, 200, 96)
        words = [("بتاريخ", 210, 280, 91)] if language is ARABIC else [("Zel", 210, 240, 40), ("«LLL", 250, 280, 70)]
        return [reading(date, *words) for _ in crops]

    def state(self) -> EngineState:
        return EngineState((5,), frozenset(Language))


def test_words_beside_a_date_are_compared_with_the_other_model_however_sure_the_date_is() -> None:
    page = np.full((200, 400), 250, np.uint8)
    page[60:90, 20:350] = 0
    lines = [LineBox((10, 50, 360, 100), ((0.0, 0),))]

    read = recognise_lines(LineImages(page, 8, lines, Dated()), first_language=FRENCH)

    assert read[0].reading.text == "بتاريخ 10/01/2024"


NUMBER = ("0566257060", 899, 1050, 92)


@pytest.mark.parametrize(
    ("french", "arabic", "read"),
    [
        ([NUMBER, (":", 1050, 1062, 76), ("xl", 1078, 1121, 65)], ("الهاتف:", 57), "الهاتف: 0566257060"),
        ([NUMBER, (":", 1050, 1062, 76), ("Tél.", 1078, 1121, 90)], ("الت:", 57), "0566257060 : Tél."),
        ([NUMBER, ("Ds", 1078, 1121, 48)], ("رقم:", 8), "0566257060 Ds"),
        ([NUMBER, ("C.I.N", 1078, 1121, 65)], ("لاع:", 40), "0566257060 C.I.N"),
    ],
)
def test_the_arabic_label_of_a_number_is_taken_even_where_it_was_read_badly(
    french: list[tuple[str, int, int, float]], arabic: tuple[str, float], read: str
) -> None:
    label, confidence = arabic
    readings = {
        FRENCH: reading(*french),
        ARABIC: reading(("0566257060", 899, 1044, 91), (label, 1056, 1119, confidence)),
    }

    assert put_together(readings).text == read
