"""What changed between two versions, word by word."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from docflow.corrections.differences import Part, changed_lines

TEXTS = st.lists(st.lists(st.sampled_from(["un", "deux", "trois", "شكاية"]), max_size=4).map(" ".join), max_size=5).map(
    "\n".join
)


def test_only_the_lines_that_differ_are_told_with_the_words_that_went_and_came():
    before = "Objet : vorie\nMonsieur le Président\nMerci"
    after = "Objet : voirie urbaine\nMonsieur le Président\nMerci"

    assert changed_lines(before, after) == (
        (Part("same", "Objet :"), Part("removed", "vorie"), Part("added", "voirie urbaine")),
    )


def test_a_line_that_was_missed_is_told_as_added():
    assert changed_lines("un\ntrois", "un\ndeux\ntrois") == ((Part("added", "deux"),),)


def test_a_thousand_equal_words_are_compared_as_a_whole():
    before, after = "a " * 1000, "a " * 999 + "b"

    assert changed_lines(before, after) == ((Part("removed", before), Part("added", after)),)


@given(TEXTS, TEXTS)
@example("\nun", "un\n\n")
def test_the_parts_tell_both_texts(before, after):
    lines = changed_lines(before, after)
    old = [part.text for line in lines for part in line if part.kind != "added"]
    new = [part.text for line in lines for part in line if part.kind != "removed"]

    assert " ".join(old).split() == [] or set(" ".join(old).split()) <= set(before.split())
    assert set(" ".join(new).split()) <= set(after.split())
    assert (lines == ()) == (
        [line for line in before.splitlines() if line] == [line for line in after.splitlines() if line]
    )
