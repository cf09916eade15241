"""What was typed becomes words with boxes: the unchanged keep theirs, the others are where they must be."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.core.errors import InvalidInput
from docflow.corrections.rules import (
    DOUBTFUL_BELOW,
    MOST_CHARACTERS,
    MOST_WORDS_A_LINE,
    Edit,
    edited_words,
    is_same_text,
    lines_of,
    text_of,
    typed_words,
)
from docflow.documents.rules import Word

WIDTH, HEIGHT = 1000, 1400


def french(*texts, line=0, y=100, confidence=95.0, start=100):
    """Words from the left, ten pixels a letter, twenty between them."""
    words, x = [], start
    for text in texts:
        words.append(Word(text, (x, y, x + 10 * len(text), y + 30), confidence, line))
        x += 10 * len(text) + 20
    return words


def arabic(*texts, line=0, y=100, confidence=95.0, start=900):
    """Words from the right."""
    words, x = [], start
    for text in texts:
        words.append(Word(text, (x - 10 * len(text), y, x, y + 30), confidence, line))
        x -= 10 * len(text) + 20
    return words


def edited(page, /, **edit):
    return edited_words(page, Edit(**edit), width=WIDTH, height=HEIGHT)


def boxes(words):
    return [word.box for word in words]


def test_what_was_not_changed_keeps_its_boxes_and_its_confidence():
    words = french("Objet", ":", "voirie") + french("Monsieur", line=1, y=200)

    after = edited(words, words={2: "voirie"}, lines={0: "Objet  : voirie", 1: "Monsieur"})

    assert list(after) == words
    assert is_same_text(words, after)


def test_a_doubtful_word_that_was_looked_at_is_sure_and_a_sure_one_keeps_its_confidence():
    words = french("Objet", confidence=DOUBTFUL_BELOW - 1) + french("voirie", start=200, confidence=90)

    after = edited(words)

    assert [word.confidence for word in after] == [100.0, 90]
    assert is_same_text(words, after)


def test_a_word_replaced_by_one_takes_its_box():
    words = arabic("شكاية", "بشان", "الانارة")

    after = edited(words, words={1: "بشأن"})

    assert text_of(after) == "شكاية بشأن الانارة"
    assert boxes(after) == boxes(words)
    assert after[1].confidence == 100.0


def test_a_word_broken_in_two_shares_its_box_in_the_direction_of_its_script():
    (left,) = edited(french("ruedes"), words={0: "rue des"})[:1]
    first, second = edited(arabic("بشأنالإنارة"), words={0: "بشأن الإنارة"})

    assert left.box[0] == 100
    assert first.box[2] == 900
    assert first.box[0] > second.box[2] - 1
    assert second.box[0] == 790


def test_two_words_joined_take_both_boxes():
    words = french("ar", "rondissement", "Hay")

    after = edited(words, lines={0: "arrondissement Hay"})

    assert after[0].box == (words[0].box[0], 100, words[1].box[2], 130)
    assert after[1] == words[2]


def test_an_emptied_word_goes_and_an_emptied_line_goes():
    words = french("Objet", "~", "voirie") + french("|", ";", line=1, y=200) + french("Merci", line=2, y=300)

    after = edited(words, words={1: "  "}, lines={1: ""})

    assert text_of(after) == "Objet voirie\nMerci"
    assert [word.line_index for word in after] == [0, 0, 1]
    assert boxes(after) == [words[0].box, words[2].box, words[5].box]


@pytest.mark.parametrize(
    ("first", "last"), [(french("un"), french("quatre", start=500)), (arabic("un"), arabic("quatre", start=400))]
)
def test_inserted_words_share_the_gap_between_their_neighbours(first, last):
    after = edited([*first, *last], lines={0: "un deux trois quatre"})

    along = after if first[0].box < last[0].box else tuple(reversed(after))
    assert [word.text for word in after] == ["un", "deux", "trois", "quatre"]
    assert all(before.box[2] <= then.box[0] for before, then in pairwise(along))
    assert along[1].box[0] == along[0].box[2]


def test_words_inserted_at_the_ends_stand_beside_the_line_and_inside_the_page():
    words = french("suite", start=20)

    before, kept, after = edited(words, lines={0: "la suite donnée"})

    assert 0 <= before.box[0] < before.box[2] <= kept.box[0]
    assert kept.box[2] <= after.box[0] < after.box[2] <= WIDTH


def test_a_word_changed_in_its_field_and_left_in_the_line_is_changed_once():
    words = french("Objet", "vorie", "urbaine")

    after = edited(words, words={1: "voirie"}, lines={0: "Objet : vorie urbaine"})

    assert text_of(after) == "Objet : voirie urbaine"
    assert after[2].box == words[1].box


def test_a_word_changed_in_its_field_and_rewritten_in_the_line_is_as_the_line_says():
    words = french("Objet", "vorie")

    assert text_of(edited(words, words={1: "voirie"}, lines={0: "Objet voirie"})) == "Objet voirie"


def test_a_row_typed_under_a_line_is_a_missed_line_between_the_two():
    words = french("premiere") + french("derniere", line=1, y=200)

    after = edited(words, lines={0: "premiere\r\nune ligne manquée"})

    assert text_of(after) == "premiere\nune ligne manquée\nderniere"
    missed = [word.box for word in after if word.line_index == 1]
    assert all(box[1] == 130 and box[3] == 200 for box in missed)
    assert missed == sorted(missed)


def test_a_row_typed_over_a_line_is_placed_above_it():
    words = french("premiere", y=200)

    title, first = edited(words, lines={0: "ENTETE\npremiere"})

    assert title.box[3] <= first.box[1]
    assert first.box == words[0].box


def test_rows_typed_after_the_last_line_are_placed_under_it():
    words = french("Veuillez", "agréer")

    after = edited(words, lines={1: "Le président\nSignature"})

    assert text_of(after) == "Veuillez agréer\nLe président\nSignature"
    assert boxes(after)[:2] == boxes(words)
    assert words[0].box[3] <= after[2].box[1] < after[3].box[3] <= after[4].box[1]


def test_a_line_broken_in_two_keeps_its_boxes():
    words = french("Objet", "voirie", "Monsieur")

    after = edited(words, lines={0: "Objet voirie\nMonsieur"})

    assert boxes(after) == boxes(words)
    assert [word.line_index for word in after] == [0, 0, 1]


def test_an_empty_page_takes_what_is_typed():
    after = edited([], lines={0: "السلطان مولاي\nuna"})

    assert text_of(after) == "السلطان مولاي\nuna"
    assert after[0].box[3] <= after[2].box[1]
    assert all(0 <= box[0] < box[2] <= WIDTH and 0 <= box[1] < box[3] <= HEIGHT for box in boxes(after))


def test_invisible_characters_are_not_kept():
    assert typed_words("ab\u202ecd\u200f \ue000 e\u0301") == ["abcd", "é"]


def test_what_is_too_long_is_refused():
    with pytest.raises(InvalidInput, match="line_too_long"):
        edited(french("a"), lines={0: "a " * (MOST_WORDS_A_LINE + 1)})
    with pytest.raises(InvalidInput, match="text_too_long"):
        edited(french("a"), lines={0: "a" * (MOST_CHARACTERS + 1)})


WORDS = st.text("abcdefghشكايةابت", min_size=1, max_size=6)
ROWS = st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=3).map("\n".join)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=6), max_size=4), st.dictionaries(st.integers(0, 5), ROWS))
def test_whatever_is_typed_is_the_text_and_every_word_has_a_box_on_the_page(lines, typed):
    words = [word for at, line in enumerate(lines) for word in french(*line, line=at, y=100 + 60 * at)]

    after = edited(words, lines=typed)

    wanted = [typed.get(at, " ".join(line)) for at, line in enumerate(lines)] + [typed.get(len(lines), "")]
    rows = [" ".join(row.split()) for line in wanted for row in line.split("\n") if row.strip()]
    assert text_of(after) == "\n".join(rows)
    assert len(lines_of(after)) == len(rows)
    assert all(0 <= x0 < x1 <= WIDTH and 0 <= y0 < y1 <= HEIGHT for x0, y0, x1, y1 in boxes(after))
