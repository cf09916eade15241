"""Nearest neighbours among lessons: which unit, how sure, and by which words; plain Python."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

NEIGHBOURS = 15
MIN_SIMILARITY = 0.12
"""Letters share their formulas of courtesy: less likeness than this is no likeness."""
MIN_AGREEING = 3
"""Fewer decisions may be one person's slip, or chance."""
PROPOSED_FROM = 70.0
"""The confidence from which a unit is proposed at all."""
DOUBTING_VOTES = 0.2
"""A vote for no unit, in units of likeness: few or faint neighbours make no one sure."""
REASON_WORDS = 4
SUBJECT_WEIGHT = 3.0
"""A person names a matter by the words of its subject sooner than by those of its sentences."""
RARE = 0.05
"""Added to both shares of their quotient, so that a stem that one lesson holds is no reason."""
REASON_SHARE = 0.3
"""A reason is in at least this share of the like documents of its unit."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A document whose unit a person set; ``stems`` are those of its words that the asking person may read."""

    unit_id: UUID
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class UnitProposal:
    """A unit for a person to accept.

    Attributes:
        unit_id: the unit.
        confidence: 0 to 100, the share of the neighbours' likeness that votes for it.
        stems: those that speak for it, the strongest first; all are in the document itself.
        agreeing: how many like documents went to the unit.
        like: how many like documents there are, at most ``NEIGHBOURS``.
    """

    unit_id: UUID
    confidence: float
    stems: tuple[str, ...]
    agreeing: int
    like: int


def propose_unit(
    stems: Collection[str], lessons: Sequence[Lesson], *, subject_stems: Collection[str] = ()
) -> UnitProposal | None:
    """Return the unit that documents like this one went to; none when there are too few or they disagree.

    Stems of the subject are all among ``stems``; they are the first to be named as reasons.
    """
    weights = _weights(stems, lessons)
    near = _nearest(frozenset(stems), lessons, weights)
    votes: dict[UUID, float] = defaultdict(float)
    for likeness, lesson in near:
        votes[lesson.unit_id] += likeness
    if not votes:
        return None
    unit_id = max(votes, key=lambda unit: votes[unit])
    agreeing = [lesson for _, lesson in near if lesson.unit_id == unit_id]
    confidence = 100 * votes[unit_id] / (sum(votes.values()) + DOUBTING_VOTES)
    if len(agreeing) < MIN_AGREEING or confidence < PROPOSED_FROM:
        return None
    reasons = _reasons(stems, agreeing, lessons, subject_stems=subject_stems)
    return UnitProposal(unit_id, confidence, reasons, len(agreeing), len(near)) if reasons else None


def _weights(stems: Collection[str], lessons: Sequence[Lesson]) -> Mapping[str, float]:
    """Return how much each stem tells: the less, the more lessons hold it (inverse document frequency)."""
    frequencies = Counter(stem for lesson in lessons for stem in lesson.stems)
    frequencies.update(set(stems))
    count = len(lessons) + 1
    return {stem: math.log(1 + count / frequency) - math.log(2) for stem, frequency in frequencies.items()}


def _nearest(
    stems: frozenset[str], lessons: Sequence[Lesson], weights: Mapping[str, float]
) -> list[tuple[float, Lesson]]:
    """Return the lessons that are like a document, the nearest first, by the cosine of their weighted stems."""

    def norm(some: frozenset[str]) -> float:
        return math.sqrt(sum(weights[stem] ** 2 for stem in some))

    own = norm(stems)
    scored = []
    for lesson in lessons:
        shared = sum(weights[stem] ** 2 for stem in stems & lesson.stems)
        if shared:
            likeness = shared / (own * norm(lesson.stems))
            if likeness >= MIN_SIMILARITY:
                scored.append((likeness, lesson))
    scored.sort(key=lambda one: one[0], reverse=True)
    return scored[:NEIGHBOURS]


def _reasons(
    stems: Collection[str], agreeing: Sequence[Lesson], lessons: Sequence[Lesson], *, subject_stems: Collection[str]
) -> tuple[str, ...]:
    """Return the stems of the document that its like documents share and other units' documents lack (log-odds)."""
    unit_id = agreeing[0].unit_id
    others = [lesson for lesson in lessons if lesson.unit_id != unit_id]
    scores = {}
    for stem in set(stems):
        here = sum(stem in lesson.stems for lesson in agreeing) / len(agreeing)
        elsewhere = sum(stem in lesson.stems for lesson in others) / (len(others) + 1)
        if here >= REASON_SHARE and here > elsewhere:
            odds = here * math.log((here + RARE) / (elsewhere + RARE))
            scores[stem] = odds * SUBJECT_WEIGHT if stem in subject_stems else odds
    return tuple(sorted(scores, key=lambda stem: (-scores[stem], stem))[:REASON_WORDS])
