"""The few signs of a letter, the fields of templates, what a draft may hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.core.errors import InvalidInput
from docflow.drafting.comparing import changed_parts
from docflow.drafting.rules import (
    FIELDS,
    UNKNOWN,
    BlockKind,
    Content,
    Run,
    blocks_of,
    check_fields,
    cleaned_text,
    filled,
)
from docflow.drafting.templating import checked_setup
from docflow.drafting.usual import usual_templates


def test_lines_items_numbers_and_bold_words_are_told_apart():
    blocks = blocks_of("Bonjour **Monsieur**,\n\n- un\n• deux\n2) trois\n٣. أربعة\n-non")
    assert [(block.kind, block.number, block.begins) for block in blocks] == [
        (BlockKind.LINE, 0, True),
        (BlockKind.BULLET, 0, True),
        (BlockKind.BULLET, 0, False),
        (BlockKind.NUMBERED, 2, False),
        (BlockKind.NUMBERED, 3, False),
        (BlockKind.LINE, 0, False),
    ]
    assert blocks[0].runs == (Run("Bonjour "), Run("Monsieur", is_bold=True), Run(","))


@pytest.mark.parametrize("text", ["2 * 3 ** 4", "****", "** a **", "**sans fin"])
def test_stars_that_stand_around_nothing_are_what_they_are(text):
    assert blocks_of(text)[0].text == text


@given(st.text(max_size=300))
def test_no_word_is_lost_between_the_text_and_its_lines(text):
    said = cleaned_text(text)
    shown = " ".join(block.text for block in blocks_of(said))
    for word in said.replace("*", " ").split():
        if word.isalpha():
            assert word in shown.replace("*", " ")


@given(st.text(max_size=300))
def test_a_cleaned_text_has_no_control_and_stays_as_it_is_when_cleaned_again(text):
    said = cleaned_text(text)
    assert cleaned_text(said) == said
    assert not [char for char in said if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs"}]
    assert "\n\n\n" not in said


def test_marks_that_turn_the_direction_of_a_text_are_left_out():
    assert cleaned_text("a\u202eb\u2066c\u200fd\x00") == "abcd"


def test_only_known_fields_are_accepted_and_none_is_evaluated():
    check_fields(" ".join(f"{{{{ {name} }}}}" for name in FIELDS))
    for hostile in ("{{ config }}", "{{ letter_subject.__class__ }}", "{{ 7*7 }}", "{{}}"):
        with pytest.raises(InvalidInput) as refused:
            check_fields(hostile)
        assert refused.value.code == "template_field_unknown"
    assert filled("{% for x in y %}{{ 7*7 }}", {}) == "{% for x in y %}" + UNKNOWN


def test_what_is_filled_in_is_not_looked_at_again():
    values = {"letter_subject": "{{ letter_sender }}\nligne\u202e", "letter_sender": "secret"}
    assert filled("Objet : {{ letter_subject }}", values) == "Objet : {{ letter_sender }} ligne"


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40)))
def test_a_field_is_filled_or_left_as_dots(values):
    said = filled("|".join(f"{{{{{name}}}}}" for name in FIELDS), values)
    assert said.count("|") >= len(FIELDS) - 1
    for name in FIELDS:
        if not cleaned_text(values.get(name, ""), is_line=True):
            assert UNKNOWN in said


def test_a_letter_with_a_gap_or_without_a_part_does_not_go_on_its_way():
    whole = Content("fr", subject_fr="Objet", addressee_fr="À X", body_fr="Texte")
    assert whole.checked_complete() == whole
    for content, code in (
        (Content("fr", subject_fr="Objet", body_fr="Texte"), "draft_incomplete"),
        (Content("ar fr", subject_fr="Objet", addressee_fr="À X", body_fr="Texte"), "draft_incomplete"),
        (Content("fr", subject_fr="Objet", addressee_fr="À X", body_fr=f"Texte {UNKNOWN}"), "draft_has_gaps"),
    ):
        with pytest.raises(InvalidInput) as refused:
            content.checked_complete()
        assert refused.value.code == code


def test_a_text_that_is_too_long_is_refused_with_its_limit():
    with pytest.raises(InvalidInput) as refused:
        Content("fr", body_fr="x" * 20_001).cleaned()
    assert refused.value.params == {"field": "body_fr", "limit": 20_000}


def test_the_usual_letters_are_templates_that_can_be_kept():
    for setup in usual_templates():
        assert checked_setup(setup).content.languages == "ar fr"


def test_two_texts_are_compared_word_by_word_in_each_language():
    old = Content("ar fr", subject_fr="Objet", body_ar="نص قديم هنا", body_fr="un texte")
    new = Content("ar fr", subject_fr="Objet", body_ar="نص جديد هنا", body_fr="un texte")
    (part,) = changed_parts(old, new)
    assert (part.language, part.name) == ("ar", "body")
    assert [(piece.kind, piece.text) for piece in part.lines[0]] == [
        ("same", "نص"), ("removed", "قديم"), ("added", "جديد"), ("same", "هنا"),
    ]  # fmt: skip
    assert [one.language for one in changed_parts(old, Content("fr", subject_fr="Objet", body_fr="un texte"))] == ["ar"]
