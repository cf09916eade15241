"""Neighbours vote: which unit, how sure, by which words."""

from __future__ import annotations

import random
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.unit_proposals.rules import MIN_AGREEING, NEIGHBOURS, PROPOSED_FROM, Lesson, propose_unit
from docflow.unit_proposals.stems import telling_stems, words_of_stems

WORKS, LIGHT, CIVIL = (UUID(int=number) for number in (1, 2, 3))
COURTESY = "monsieur président honneur demander veuillez agréer expression considération distinguée habitants quartier"
TOPICS = {
    WORKS: "chaussée trottoir nids poule revêtement route travaux",
    LIGHT: "éclairage lampadaire poteau lampe panne électricité nuit",
    CIVIL: "acte naissance extrait copie livret famille registre",
}


def letter(unit: UUID, seed: int, *, topic_words: int = 5) -> frozenset[str]:
    rng = random.Random(f"{unit}/{seed}")
    words = rng.sample(TOPICS[unit].split(), topic_words) + rng.sample(COURTESY.split(), 8) + [f"nom{seed}"]
    return telling_stems(" ".join(words))


def lessons(count: int) -> list[Lesson]:
    return [Lesson(unit, letter(unit, seed)) for unit in TOPICS for seed in range(count)]


@pytest.mark.parametrize("unit", TOPICS)
def test_the_unit_of_like_documents_is_proposed_with_the_words_that_tell_it(unit: UUID) -> None:
    proposal = propose_unit(letter(unit, 99), lessons(12))

    assert proposal is not None
    assert proposal.unit_id == unit
    assert PROPOSED_FROM <= proposal.confidence <= 100
    assert MIN_AGREEING <= proposal.agreeing <= proposal.like <= NEIGHBOURS
    assert set(proposal.stems) <= telling_stems(TOPICS[unit])


def test_words_of_the_subject_are_the_first_reasons() -> None:
    subject = telling_stems("panne nuit")

    proposal = propose_unit(telling_stems(TOPICS[LIGHT]), lessons(12), subject_stems=subject)

    assert proposal is not None
    assert set(proposal.stems[:2]) == subject


def test_a_document_like_none_or_like_several_has_no_probable_unit() -> None:
    between = telling_stems(f"{TOPICS[WORKS]} {TOPICS[CIVIL]} {COURTESY}")

    assert propose_unit(telling_stems("inauguration bibliothèque"), lessons(12)) is None
    assert propose_unit(telling_stems(COURTESY), lessons(12)) is None
    assert propose_unit(between, lessons(12)) is None


def test_one_or_two_decisions_teach_nothing_yet() -> None:
    assert propose_unit(letter(LIGHT, 99), lessons(MIN_AGREEING - 1)) is None
    assert propose_unit(letter(LIGHT, 99), []) is None


def test_decisions_that_follow_no_rule_are_not_learned() -> None:
    rng = random.Random(3)
    units = [uuid4() for _ in range(4)]
    random_lessons = [Lesson(rng.choice(units), lesson.stems) for lesson in lessons(20)]

    assert [propose_unit(letter(unit, 99), random_lessons) for unit in TOPICS] == [None] * 3


@given(st.lists(st.sampled_from(sorted(TOPICS)), max_size=12), st.integers(0, 50))
def test_a_proposal_names_only_units_and_words_that_are_there(units: list[UUID], seed: int) -> None:
    taught = [Lesson(unit, letter(unit, number, topic_words=7)) for number, unit in enumerate(units)]
    stems = letter(LIGHT, seed)

    proposal = propose_unit(stems, taught)

    assert proposal is None or (proposal.unit_id in units and set(proposal.stems) <= stems)


def test_stems_are_words_that_tell_and_come_back_as_they_were_written() -> None:
    text = "Les lampadaires de la rue n° 27 sont en panne depuis le 12/03/2024. أعمدة الإنارة العمومية"

    stems = telling_stems(text)

    assert not {stem for stem in stems if any(sign.isdigit() for sign in stem)}
    assert telling_stems("lampadaire") <= stems
    assert "Les" not in words_of_stems(text, tuple(stems)).values()
    assert (
        words_of_stems(text, tuple(telling_stems("lampadaire")))[next(iter(telling_stems("lampadaire")))]
        == "lampadaires"
    )
    assert set(words_of_stems(text, tuple(stems))) == stems
