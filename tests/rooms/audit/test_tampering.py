"""Whatever is done to one line, somewhere, is found; with an anchor, also what is computed anew or cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from hypothesis import given
from hypothesis import strategies as st

from docflow.audit.rules import (
    FIRST_PREVIOUS_HASH,
    Anchor,
    AnchorFault,
    JournalLine,
    MerkleTree,
    PlacedAnchor,
    line_hash,
    verify_chain,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
VALUES = st.dictionaries(TEXTS, st.none() | st.integers() | TEXTS | st.lists(TEXTS, max_size=2), max_size=3)


@st.composite
def chains(draw, least=3):
    """A whole chain: lines with their hashes."""
    lines, previous, at = [], FIRST_PREVIOUS_HASH, NOW
    for number in range(1, draw(st.integers(least, 25)) + 1):
        at += timedelta(microseconds=draw(st.integers(0, 10**9)))
        line = JournalLine(
            number, at, "person", draw(TEXTS), None, "documents.edited", "document", "d", draw(VALUES), previous
        )
        previous = line_hash(line)
        lines.append((line, previous))
    return lines


def head_of(lines):
    return lines[-1][0].number, lines[-1][1]


def hashes(lines):
    return [kept for _line, kept in lines]


def hashed_anew(lines, first):
    """The chain with everything from a place on (from 0) numbered, linked and hashed as a forger would."""
    kept = lines[:first]
    for line, _hash in lines[first:]:
        previous = kept[-1][1] if kept else FIRST_PREVIOUS_HASH
        changed = replace(line, number=len(kept) + 1, previous_hash=previous)
        kept.append((changed, line_hash(changed)))
    return kept


def anchors_over(lines, cuts):
    """Anchors that end at some numbers, each beginning where the one before ends."""
    anchors, first = [], 1
    for last in sorted(cuts):
        tree = MerkleTree()
        for _line, kept_hash in lines[first - 1 : last]:
            tree.add(bytes.fromhex(kept_hash))
        anchors.append(PlacedAnchor(Anchor(first, last, tree.root(), lines[last - 1][1], "", NOW), "database"))
        first = last + 1
    return anchors


@st.composite
def anchored_chains(draw):
    lines = draw(chains())
    cuts = draw(st.sets(st.integers(1, len(lines)), min_size=1, max_size=4))
    return lines, anchors_over(lines, cuts)


@given(anchored_chains())
def test_an_untouched_chain_agrees_with_its_anchors(chain):
    lines, anchors = chain
    verdict = verify_chain(lines, expected=head_of(lines), anchors=anchors)
    assert verdict.ok
    assert (verdict.entries, verdict.failed_anchors) == (len(lines), ())


@given(chains(), st.data())
def test_any_field_altered_in_any_line_is_named(lines, data):
    at = data.draw(st.integers(0, len(lines) - 1))
    line, kept = lines[at]
    change = data.draw(
        st.sampled_from(
            [
                {"at": line.at + timedelta(microseconds=1)},
                {"actor_kind": "system"},
                {"actor_name": line.actor_name + "x"},
                {"person_id": "somebody"},
                {"verb": "documents.read"},
                {"subject_kind": "batch"},
                {"subject_id": "e"},
                {"values": line.values | {"added": 1}},
                {"previous_hash": "1" * 64},
                {"number": line.number + 1},
            ]
        )
    )
    lines[at] = (replace(line, **change), kept)
    assert verify_chain(lines, expected=head_of(lines)).first_bad_entry == at + 1


@given(chains(), st.data())
def test_any_line_deleted_inserted_or_swapped_is_named(lines, data):
    head = head_of(lines)
    at = data.draw(st.integers(0, len(lines) - 2))
    deleted, inserted, swapped = list(lines), list(lines), list(lines)
    del deleted[at]
    inserted.insert(at, lines[data.draw(st.integers(0, len(lines) - 1).filter(lambda other: other != at))])
    swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
    for altered in (deleted, inserted, swapped):
        assert verify_chain(altered, expected=head).first_bad_entry == at + 1


@given(anchored_chains(), st.data())
def test_lines_cut_from_the_end_together_with_the_head_are_named(chain, data):
    lines, anchors = chain
    end = anchors[-1].anchor.last_number
    kept = lines[: data.draw(st.integers(0, end - 1))]
    verdict = verify_chain(kept, expected=head_of(kept) if kept else (0, FIRST_PREVIOUS_HASH), anchors=anchors)
    assert verdict.first_bad_entry == len(kept) + 1
    assert {failed.fault for failed in verdict.failed_anchors} == {AnchorFault.LINES_MISSING}


@given(anchored_chains(), st.data())
def test_a_chain_computed_anew_is_found_from_the_first_anchor_over_the_change(chain, data):
    lines, anchors = chain
    at = data.draw(st.integers(0, anchors[-1].anchor.last_number - 1))
    way = data.draw(st.sampled_from(["altered", "deleted", "inserted"]))
    if way == "altered":
        changed = (replace(lines[at][0], actor_name=lines[at][0].actor_name + "x"), "")
        forged = [*lines[:at], changed, *lines[at + 1 :]]
    elif way == "deleted":
        forged = [*lines[:at], *lines[at + 1 :]]
    else:
        forged = [*lines[:at], (replace(lines[at][0], subject_id="forged"), ""), *lines[at:]]
    forged = hashed_anew(forged, at)
    expected = head_of(forged) if forged else (0, FIRST_PREVIOUS_HASH)
    # Taking out one of several equal acts changes nothing before the last of them.
    at = next(number for number, pair in enumerate(zip_longest(hashes(lines), hashes(forged))) if pair[0] != pair[1])
    assert verify_chain(forged, expected=expected).ok
    verdict = verify_chain(forged, expected=expected, anchors=anchors)
    # A line taken out at the very end shows as missing; everything else as lines that differ.
    covering = [placed.anchor for placed in anchors if placed.anchor.last_number > at]
    assert verdict.first_bad_entry in ({covering[0].first_number, len(forged) + 1} if covering else {None})
    failed = {(one.first_number, one.last_number) for one in verdict.failed_anchors}
    assert failed == {(anchor.first_number, anchor.last_number) for anchor in covering}
