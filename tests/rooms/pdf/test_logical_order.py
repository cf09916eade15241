from __future__ import annotations

import pytest
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection
from hypothesis import given
from hypothesis import strategies as st

from docflow.pdf.logical_order import logical_order, with_brackets_told
from docflow.pdf.word_order import Way

ARABIC = st.sampled_from(["المملكة", "شكاية", "حول", "(حي", "الأمل)", "السيد،", "رقم", "الموضوع:", "«قرار»", "من", "؟"])
LATIN = st.sampled_from(["Objet", "Hay-Hassani", "BK123456", "MU/2024/12", "(DOC-3)", "l'état", "A."])
NUMBER = st.sampled_from(["12", "1234/2026", "12/05/2024", "12-05-2024", "12.5", "50%", "١٢/٠٥/٢٠٢٤", "0612345678"])


def as_seen(text: str, *, base: Way) -> str:
    """Lay a line out from left to right by another hand's bidirectional algorithm."""
    direction = TextDirection.RTL if base is Way.RIGHT_TO_LEFT else TextDirection.LTR
    return str(BidiParagraph(text=text, base_direction=direction).get_reordered_string())


def as_read(seen: str, *, base: Way) -> str:
    order = logical_order(seen, base=base)
    return "".join(with_brackets_told([seen[at] for at in order]))


@st.composite
def lines(draw: st.DrawFn, *, main: st.SearchStrategy[str], guest: st.SearchStrategy[str]) -> str:
    """Put guests between words of the main script; two that could be read either way never touch."""
    words = [draw(main)]
    for _ in range(draw(st.integers(1, 6))):
        words += [draw(guest), draw(main)] if draw(st.booleans()) else [draw(main)]
    return " ".join(words)


@given(lines(main=ARABIC, guest=LATIN | NUMBER))
def test_an_arabic_line_is_read_as_it_was_written(line: str) -> None:
    assert as_read(as_seen(line, base=Way.RIGHT_TO_LEFT), base=Way.RIGHT_TO_LEFT) == line


@given(lines(main=st.sampled_from(["Objet", "demande", "de", "l'état", "civil"]), guest=ARABIC))
def test_a_french_line_with_arabic_words_is_read_as_it_was_written(line: str) -> None:
    assert as_read(as_seen(line, base=Way.LEFT_TO_RIGHT), base=Way.LEFT_TO_RIGHT) == line


@given(st.text("ابل()«»[]aB12٣-/.,:% ،؟+", max_size=30), st.sampled_from([Way.RIGHT_TO_LEFT, Way.LEFT_TO_RIGHT]))
def test_no_sign_is_lost_or_read_twice(seen: str, base: Way) -> None:
    assert sorted(logical_order(seen, base=base)) == list(range(len(seen)))


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("مهرد 1 500 غلبم", "مبلغ 1 500 درهم"),
        ("Rabat 12 مقر", "رقم 12 Rabat"),
        (")لمألا يح( ةياكش", "شكاية (حي الأمل)"),
        ("(لمألا يح) ةياكش", "شكاية (حي الأمل)"),
        ("الوأ )أ", "أ) أولا"),
    ],
)
def test_what_can_be_seen_in_two_ways_is_read_as_letters_use_it(seen: str, read: str) -> None:
    assert as_read(seen, base=Way.RIGHT_TO_LEFT) == read
