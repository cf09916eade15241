"""What pages show of a run: its line, step after step, with who decided, when, by which power and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from docflow.approvals.course import Run
from docflow.approvals.models import ApprovalRun
from docflow.approvals.queries import AskView, RunView
from docflow.approvals.rules import AskState, Mode, RunState, StepKind

ICONS = {
    AskState.OPEN: "clock",
    AskState.HELD: "clock",
    AskState.APPROVED: "check",
    AskState.RETURNED: "undo-2",
    AskState.REJECTED: "x",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the line of a run.

    Attributes:
        css: ``done``, ``now`` or empty for what is still to come.
        icon: name of its picture; empty shows ``number``.
        number: of the step, from 1.
        titles: the functions that are or will be asked.
        kind: ``rules.StepKind``, or empty for the beginning.
        choice: ``rules.Choice`` of what was decided, or empty.
        who: who decided, or who sent it.
        formula: in whose stead.
        at: when it was decided, or since when it is asked.
        comment: what was written.
        round_number: of the round, where it is not the last.
        is_mine: whether the reader is asked.
        is_held: whether it can still be undone.
        is_substitute: whether a substitute is asked.
        is_empty: whether nobody holds the function now.
        due_on: by when it is to be decided, while it is asked.
        is_any: whether any one of several is enough.
    """

    css: str
    icon: str
    number: int
    titles: tuple[str, ...]
    kind: str = ""
    choice: str = ""
    who: str = ""
    formula: str = ""
    at: datetime | None = None
    comment: str = ""
    round_number: int = 0
    is_mine: bool = False
    is_held: bool = False
    is_substitute: bool = False
    is_empty: bool = False
    due_on: date | None = None
    is_any: bool = False


def line_of(view: RunView, *, locale: str, mine: frozenset[UUID] = frozenset(), by: str = "") -> list[Line]:
    """Return the line of a run; ``mine``: the asks that wait for the reader; ``by``: who sent it, as they read it."""
    lines = [Line("done", "send", 0, (), who=by or view.row.started_by_name, at=view.row.started_at)]
    lines += [_asked(one, view, locale, mine) for one in view.asks if one.decision or one.ask.state in ICONS]
    is_moving = view.state in {RunState.PREPARING, RunState.RUNNING, RunState.RETURNED, RunState.DEPARTING}
    first = view.row.step_index + (1 if view.state is RunState.RUNNING else 0)
    if is_moving:
        lines += [
            Line(
                "now" if view.state is RunState.DEPARTING else "",
                "stamp" if step.kind is StepKind.DEPARTURE else "",
                number,
                titles_at(view.row, number - 1, locale),
                kind=step.kind.value,
                is_any=step.mode is Mode.ANY and len(step.seats) > 1,
            )
            for number, step in enumerate(view.steps, start=1)
            if number > first
        ]
    if view.state is RunState.DEPARTED:
        lines.append(Line("done", "stamp", len(view.steps), (), kind=StepKind.DEPARTURE.value, at=view.row.ended_at))
    return lines


def _asked(one: AskView, view: RunView, locale: str, mine: frozenset[UUID]) -> Line:
    ask, said = one.ask, one.decision
    is_waiting = ask.state in {AskState.OPEN, AskState.HELD}
    return Line(
        css="now" if is_waiting else "done",
        icon="" if ask.state == AskState.OPEN else ICONS.get(AskState(ask.state), "minus"),
        number=ask.step_index + 1,
        titles=(ask.title(locale),),
        kind=ask.kind,
        choice="" if said is None else said.choice,
        who="" if said is None else said.name(locale),
        formula="" if said is None else said.formula(locale),
        at=ask.asked_at if said is None else said.decided_at,
        comment="" if said is None else said.comment,
        round_number=ask.round_number if ask.round_number != view.round_number else 0,
        is_mine=ask.id in mine,
        is_held=ask.state == AskState.HELD,
        is_substitute=ask.is_substitute,
        is_empty=is_waiting and not one.has_people,
        due_on=ask.due_on if is_waiting else None,
        is_any=view.steps[ask.step_index].mode is Mode.ANY and len(view.steps[ask.step_index].seats) > 1,
    )


def titles_at(row: ApprovalRun, step: int, locale: str) -> tuple[str, ...]:
    """Return the functions that a step asks, as they were called when the run began."""
    return tuple(title[locale] for title in row.steps[step].get("titles", ()))


def return_options(view: RunView, run: Run, *, locale: str) -> Sequence[tuple[int, tuple[str, ...], str]]:
    """Return the steps to which an act may go back: number from 0, functions, kind."""
    return [(step, titles_at(view.row, step, locale), view.steps[step].kind.value) for step in range(run.step + 1)]
