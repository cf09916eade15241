"""Kinds, questions and limits of complaints, and how what a citizen typed is kept; plain Python."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from docflow.core.errors import InvalidInput
from docflow.core.mail_addresses import clean_address
from docflow.core.phones import phone_of

TEXT_LIMIT: Final = 5000
LEAST_TEXT: Final = 10
"""Letters of a text before it says anything."""
PLACE_LIMIT: Final = 300
NAME_LIMIT: Final = 120
MOST_PHOTOS: Final = 5
PHOTO_BYTES: Final = 10 * 1024 * 1024
PHOTO_PAGES: Final = 20
"""Of a PDF that is enclosed."""
MESSAGE_LIMIT: Final = 2000
MOST_MESSAGES: Final = 20
"""Of one citizen about one complaint."""
COMMENT_LIMIT: Final = 1000
REASON_LIMIT: Final = 2000
MOST_REOPENINGS: Final = 2
REOPEN_WITHIN: Final = timedelta(days=60)
"""After an answer; the right to go to the Mediator or to a court is not touched by it."""
RATINGS: Final = range(1, 6)
DRAFT_KEPT_FOR: Final = timedelta(hours=24)
POINT_FORM: Final = re.compile(r"(-?[0-9]{1,2}\.[0-9]{1,6}), ?(-?[0-9]{1,3}\.[0-9]{1,6})")


Point = tuple[float, float]
"""Latitude and longitude (WGS 84), in degrees."""


class ComplaintKind(StrEnum):
    """What is deposited (decree 2-17-265, article 1)."""

    COMPLAINT = "complaint"
    OBSERVATION = "observation"
    SUGGESTION = "suggestion"


class Origin(StrEnum):
    """How it came."""

    ONLINE = "online"
    COUNTER = "counter"
    PAPER = "paper"


class Outcome(StrEnum):
    """What became of it."""

    RESOLVED = "resolved"
    PARTLY_RESOLVED = "partly_resolved"
    NOT_FOUNDED = "not_founded"
    OUT_OF_COMPETENCE = "out_of_competence"
    BEFORE_COURTS = "before_courts"
    DUPLICATE = "duplicate"
    NOT_UNDERSTANDABLE = "not_understandable"


class JoinKind(StrEnum):
    """Why a complaint is answered with another one."""

    DUPLICATE = "duplicate"
    """The same citizen, or the same words, once more."""
    JOINT = "joint"
    """Other citizens about the same matter."""


class Question(StrEnum):
    """The questions of the deposit, one a page, in their order."""

    KIND = "kind"
    CATEGORY = "category"
    COURTS = "courts"
    PLACE = "place"
    TEXT = "text"
    PHOTOS = "photos"
    CONTACT = "contact"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Said:
    """What a citizen says; an anonymous one has no name, telephone or address.

    ``language``: in which the district answers, that of the page on which it was typed. ``phone``: international form.
    ``point``: where they put a mark on the map.
    ``similar_id``: the open complaint nearby of which they say that it is the same matter.
    """

    kind: ComplaintKind
    category_id: UUID
    place: str
    text: str
    language: str
    is_anonymous: bool = False
    name: str = ""
    phone: str = ""
    email: str = ""
    quarter_id: UUID | None = None
    similar_id: UUID | None = None
    point: Point | None = None


def questions_for(values: Mapping[str, Any]) -> Sequence[Question]:
    """Return the questions that somebody is asked: of the courts only whoever complains."""
    is_complaint = values.get("kind", ComplaintKind.COMPLAINT.value) == ComplaintKind.COMPLAINT.value
    return [question for question in Question if is_complaint or question is not Question.COURTS]


def next_question(question: Question, values: Mapping[str, Any]) -> Question:
    """Return the question after one; after the review there is none."""
    order = questions_for(values)
    return order[min(order.index(question) + 1, len(order) - 1)] if question in order else Question.KIND


def question_before(question: Question, values: Mapping[str, Any]) -> Question | None:
    """Return the question before one, or none before the first."""
    order = questions_for(values)
    at = order.index(question) if question in order else 0
    return order[at - 1] if at else None


def first_unanswered(values: Mapping[str, Any]) -> Question:
    """Return where somebody who comes back goes on: the first question without an answer, or the review."""
    asked = questions_for(values)
    return next((one for one in asked if one is not Question.REVIEW and one.value not in values), Question.REVIEW)


def kind_of(text: str) -> ComplaintKind:
    """Return the kind that was chosen.

    Raises:
        InvalidInput: ``complaint_kind_missing``.
    """
    try:
        return ComplaintKind(text)
    except ValueError as error:
        raise InvalidInput("complaint_kind_missing") from error


def place_of(text: str) -> str:
    """Return a place as it is kept, on one line.

    Raises:
        InvalidInput: ``complaint_place_missing``; ``field_too_long``.
    """
    said = _line(text, name="place", limit=PLACE_LIMIT)
    if not said:
        raise InvalidInput("complaint_place_missing")
    return said


def point_of(text: str) -> Point | None:
    """Return a point that was put on the map, or none.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    if not text:
        return None
    match = POINT_FORM.fullmatch(text)
    if match is None:
        raise InvalidInput("choice_unknown")
    return float(match[1]), float(match[2])


def point_text(point: Point | None) -> str:
    """Return a point as it is kept in a draft and written for people."""
    return "" if point is None else f"{point[0]:.6f}, {point[1]:.6f}"


def text_of(text: str) -> str:
    """Return what happened as it is kept: its paragraphs, without needless spaces.

    Raises:
        InvalidInput: ``complaint_text_missing``; ``field_too_long``.
    """
    said = words_of(text, name="text", limit=TEXT_LIMIT, missing="complaint_text_missing")
    if sum(character.isalpha() for character in said) < LEAST_TEXT:
        raise InvalidInput("complaint_text_missing")
    return said


def words_of(text: str, *, name: str, limit: int, missing: str) -> str:
    """Return what somebody says as it is kept.

    Raises:
        InvalidInput: the code ``missing`` where nothing is said; ``field_too_long``.
    """
    lines = [" ".join(line.split()) for line in text.replace("\r", "\n").split("\n")]
    said = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if not any(character.isalnum() for character in said):
        raise InvalidInput(missing)
    if len(said) > limit:
        raise InvalidInput("field_too_long", field=name, limit=limit)
    return said


def contact_of(values: Mapping[str, str], *, allows_anonymous: bool) -> dict[str, str]:
    """Return how somebody can be reached: ``name``, ``phone``, ``email``, or ``is_anonymous`` alone.

    Raises:
        InvalidInput: ``complaint_name_missing``, ``phone_invalid``, ``mail_address_invalid``, ``field_too_long``.
    """
    if allows_anonymous and values.get("is_anonymous"):
        return {"is_anonymous": "1"}
    name = _line(values.get("name", ""), name="sender", limit=NAME_LIMIT)
    if sum(character.isalpha() for character in name) < 2:
        raise InvalidInput("complaint_name_missing")
    email = values.get("email", "").strip()
    return {"name": name, "phone": phone_of(values.get("phone", "")), "email": clean_address(email) if email else ""}


def said_in(values: Mapping[str, Any], *, language: str, allows_anonymous: bool) -> Said:
    """Return what the answers of a draft say, each looked at again.

    Raises:
        InvalidInput: those of each question; ``complaint_category_missing``.
    """
    try:
        category_id = UUID(str(values.get("category", "")))
    except ValueError as error:
        raise InvalidInput("complaint_category_missing") from error
    contact = contact_of(dict(values.get("contact") or {}), allows_anonymous=allows_anonymous)
    return Said(
        kind=kind_of(str(values.get("kind", ""))),
        category_id=category_id,
        place=place_of(str(values.get("place", ""))),
        text=text_of(str(values.get("text", ""))),
        language=language,
        is_anonymous="is_anonymous" in contact,
        name=contact.get("name", ""),
        phone=contact.get("phone", ""),
        email=contact.get("email", ""),
        quarter_id=_identifier(values.get("quarter")),
        similar_id=_identifier(values.get("similar")),
        point=point_of(str(values.get("point", ""))),
    )


def _identifier(text: object) -> UUID | None:
    """Return what was chosen among things that are looked for again, or none."""
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def _line(text: str, *, name: str, limit: int) -> str:
    said = " ".join(text.split())
    if len(said) > limit:
        raise InvalidInput("field_too_long", field=name, limit=limit)
    return said
