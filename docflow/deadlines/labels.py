"""The calculation of a term in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext, ngettext

from docflow.deadlines.rules import DAY, DayKind, Deadline, DeadlineRule, Feast, Step, StepKind
from docflow.web.formats import isolated, local_date

RULE_LABELS = {
    "complaint": lazy_gettext("Reply to a complaint"),
    "request": lazy_gettext("Decision on a request"),
    "investment": lazy_gettext("Decision on a request for an investment"),
    "information": lazy_gettext("Access to information"),
    "urgent_information": lazy_gettext("Urgent access to information"),
}

LUNAR_LABELS = {
    "eid_al_fitr": lazy_gettext("End of Ramadan"),
    "eid_al_adha": lazy_gettext("Feast of the sacrifice"),
    "islamic_new_year": lazy_gettext("New year of the Hijra"),
    "mawlid": lazy_gettext("Birthday of the Prophet"),
}

LAW_WORDS = {"loi": "القانون", "décret": "المرسوم"}
"""The kinds of texts that terms are taken from, in Arabic."""


def term_text(rule: DeadlineRule, *, days: int | None = None) -> str:
    """Return the length of a term: ``60 days``, ``20 working days``."""
    count = rule.days if days is None else days
    if rule.kind is DayKind.WORKING:
        return str(ngettext("%(num)s working day", "%(num)s working days", count))
    return str(ngettext("%(num)s day", "%(num)s days", count))


@dataclass(frozen=True, slots=True)
class CountedTerm:
    """A term for a page: its length in words, its last day, the steps as sentences, the law."""

    term: str
    due: date | None
    steps: tuple[str, ...]
    source: str


def counted_term(deadline: Deadline, *, language: str) -> CountedTerm:
    """Return a term as a page shows it."""
    steps = tuple(step_texts(deadline, language=language))
    source = law_text(deadline.rule.source, language=language)
    return CountedTerm(term_text(deadline.rule), deadline.due, steps, source)


def law_text(source: str, *, language: str) -> str:
    """Return the name of a law, such as ``loi 55-19``, in a language."""
    kind, _, number = source.partition(" ")
    return f"{LAW_WORDS[kind]} {number}" if language == "ar" and kind in LAW_WORDS else source


def step_texts(deadline: Deadline, *, language: str) -> list[str]:
    """Return the steps of a calculation as sentences, in the order in which they are taken."""
    return [_text(step, deadline.rule, language=language) for step in deadline.steps]


def _text(step: Step, rule: DeadlineRule, *, language: str) -> str:
    values = {
        "day": isolated(local_date(step.day)),
        "until": _day(step.until),
        "feasts": _feasts(step.feasts, language=language),
        "term": term_text(rule, days=step.days),
    }
    if step.kind is StepKind.SUSPENDED and step.until is not None:
        return str(
            ngettext(
                "The term stood still for %(num)s day, from %(day)s until %(until)s.",
                "The term stood still for %(num)s days, from %(day)s until %(until)s.",
                step.days,
                day=values["day"],
                # People say the last day of a span, not the one after it.
                until=_day(step.until - DAY),
            )
        )
    if step.kind is StepKind.STANDING:
        left = ngettext("%(num)s day is left when it goes on.", "%(num)s days are left when it goes on.", step.days)
        return str(left)
    return str(_SENTENCES[_sentence_of(step)]) % values


_SENTENCES = {
    "start_counted": lazy_gettext("Deposited on %(day)s, which is the first day."),
    "start": lazy_gettext("Deposited on %(day)s; this day is not counted."),
    "first": lazy_gettext("The count begins on %(day)s."),
    "counted": lazy_gettext("%(term)s lead to %(day)s."),
    "closed": lazy_gettext("Feasts and closures on the way are not counted: %(feasts)s."),
    "suspended": lazy_gettext("The term has stood still since %(day)s."),
    "extended": lazy_gettext("It was extended by %(term)s."),
    "moved_feast": lazy_gettext("%(day)s is closed (%(feasts)s): the term ends on the next open day, %(until)s."),
    "moved": lazy_gettext("%(day)s is in the weekend: the term ends on the next open day, %(until)s."),
}


def _sentence_of(step: Step) -> str:
    if step.kind is StepKind.START and step.is_counted:
        return "start_counted"
    if step.kind is StepKind.MOVED and step.feasts:
        return "moved_feast"
    return step.kind.value


def _day(day: date | None) -> str:
    return isolated(local_date(day))


def _feasts(feasts: tuple[tuple[date, Feast], ...], *, language: str) -> str:
    separator = "، " if language == "ar" else ", "
    return separator.join(
        f"{isolated(feast.name_ar if language == 'ar' else feast.name_fr)} ({_day(day)})" for day, feast in feasts
    )
