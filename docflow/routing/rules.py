"""Instructions and their effects, states of an assignment, when a task is due; plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

NOTE_LIMIT: Final = 1000
MOST_ADDRESSEES: Final = 30


class Instruction(StrEnum):
    """What is asked (تعليمات, annotations)."""

    ATTRIBUTION = "attribution"
    ACTION = "action"
    OPINION = "opinion"
    STUDY = "study"
    SIGNATURE = "signature"
    """Opens a decision in the approval queue, which ends it."""
    RETURN = "return"
    INFORMATION = "information"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Effect:
    """What an instruction obliges to.

    Attributes:
        is_responsible: the unit must answer; a document has one such task at a time, and its end closes the matter.
        needs_text: it ends with words: an answer, a report, an opinion.
        comes_back: what was said at its end goes to the sender as a task of their own.
        may_pass_on: the addressee may pass it on to another.
    """

    is_responsible: bool = False
    needs_text: bool = False
    comes_back: bool = False
    may_pass_on: bool = False


EFFECTS: Final[Mapping[Instruction, Effect]] = {
    Instruction.ATTRIBUTION: Effect(is_responsible=True, needs_text=True, may_pass_on=True),
    Instruction.ACTION: Effect(needs_text=True, comes_back=True, may_pass_on=True),
    Instruction.OPINION: Effect(needs_text=True, comes_back=True),
    Instruction.STUDY: Effect(needs_text=True, comes_back=True, may_pass_on=True),
    Instruction.SIGNATURE: Effect(comes_back=True),
    Instruction.RETURN: Effect(comes_back=True),
    Instruction.INFORMATION: Effect(),
    Instruction.FILE: Effect(),
}


class AssignmentState(StrEnum):
    """Where an assignment stands."""

    OPEN = "open"
    DONE = "done"
    PASSED_ON = "passed_on"
    RETURNED = "returned"
    RECALLED = "recalled"


class Urgency(StrEnum):
    """When a task is due, as the page of tasks groups it."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    UNDATED = "undated"


def urgency_of(due_on: date | None, today: date) -> Urgency:
    """Return the group of a task; the week ends on Sunday."""
    if due_on is None:
        return Urgency.UNDATED
    if due_on < today:
        return Urgency.OVERDUE
    if due_on == today:
        return Urgency.TODAY
    return Urgency.WEEK if due_on <= today + timedelta(days=6 - today.weekday()) else Urgency.LATER
