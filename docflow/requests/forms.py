"""What was typed in the forms of this room."""

from __future__ import annotations

from typing import BinaryIO, Final, cast
from uuid import UUID

from werkzeug.datastructures import FileStorage, MultiDict

from docflow.core.errors import InvalidInput
from docflow.deadlines.rules import DayKind
from docflow.requests.catalogue import ProcedureSetup
from docflow.requests.depositing import Application, Given
from docflow.requests.rules import MOST_LINES, AskedPaper, Ground, Outcome, PaperForm, ProcedureKind, Question

OTHER_FILES: Final = "files"


def posted_setup(form: MultiDict[str, str]) -> ProcedureSetup:
    """Return the procedure that a form describes; a line without any text is none.

    Raises:
        InvalidInput: ``choice_unknown``, ``count_not_understood``.
    """
    try:
        kind, day_kind = ProcedureKind(form.get("kind", "")), DayKind(form.get("day_kind", DayKind.CALENDAR.value))
        papers = [
            AskedPaper(ar, fr, PaperForm(form.get(f"paper-form-{at}", ""))) for at, ar, fr in _lines(form, "paper")
        ]
        unit_id = UUID(form.get("unit", ""))
        office_id = UUID(form.get("office", "")) if form.get("office") else None
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    questions = [
        Question(ar, fr, is_optional=bool(form.get(f"question-optional-{at}")))
        for at, ar, fr in _lines(form, "question")
    ]
    return ProcedureSetup(
        slug=form.get("slug", "").strip().lower(),
        kind=kind,
        unit_id=unit_id,
        title=_pair(form, "title"),
        summary=_pair(form, "summary"),
        fee=_pair(form, "fee"),
        papers=papers,
        questions=questions,
        days=_days(form.get("days", "")),
        day_kind=day_kind,
        office_id=office_id,
        legal_basis=_pair(form, "legal_basis"),
        is_silence_consent=bool(form.get("is_silence_consent")),
        is_online=bool(form.get("is_online")),
        is_active=bool(form.get("is_active")),
    )


def posted_application(
    form: MultiDict[str, str], files: MultiDict[str, FileStorage], *, locale: str, question_count: int
) -> Application:
    """Return what somebody asks."""
    return Application(
        name=form.get("name", ""),
        cin=form.get("cin", ""),
        phone=form.get("phone", ""),
        email=form.get("email", ""),
        language=form.get("language", locale) if form.get("language") in {"ar", "fr"} else locale,
        said=[form.get(f"said-{at}", "") for at in range(question_count)],
        given=[int(value) for value in form.getlist("given") if value.isdecimal() and len(value) < 3],
        files=posted_files(files),
        is_urgent=bool(form.get("is_urgent")),
    )


def posted_files(files: MultiDict[str, FileStorage]) -> list[Given]:
    """Return the files of a form: those of a document asked for under its position, others under ``files``."""
    found = []
    for name, file in files.items(multi=True):
        at = name.removeprefix("paper-")
        if file.filename and (name == OTHER_FILES or (at != name and at.isdecimal() and int(at) < MOST_LINES)):
            found.append(Given(cast("BinaryIO", file.stream), file.filename, int(at) if at.isdecimal() else None))
    return found


def posted_decision(form: MultiDict[str, str]) -> tuple[Outcome, Ground | None]:
    """Return what was decided, and on which ground.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    try:
        return Outcome(form.get("outcome", "")), Ground(form["ground"]) if form.get("ground") else None
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def _lines(form: MultiDict[str, str], name: str) -> list[tuple[int, str, str]]:
    found = []
    for at in range(MOST_LINES + 1):
        ar, fr = (" ".join(form.get(f"{name}-{language}-{at}", "").split()) for language in ("ar", "fr"))
        if ar or fr:
            found.append((at, ar, fr))
    return found


def _pair(form: MultiDict[str, str], name: str) -> tuple[str, str]:
    return form.get(f"{name}_ar", ""), form.get(f"{name}_fr", "")


def _days(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return int(text.strip()[:4])
    except ValueError as error:
        raise InvalidInput("count_not_understood") from error
