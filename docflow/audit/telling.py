"""Lines of the journal in words, from what the rooms say of their acts, subjects and values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from docflow.audit.finding import FoundLine
from docflow.audit.models import JournalEntry
from docflow.core.actor import Actor, ActorKind
from docflow.core.capability import Capability, JournalName, JournalSubject, JournalValue, LazyText

PERSON = "person"
COMMON_VALUES = {"clock": JournalValue(lazy_gettext("What the clock showed"), form="instant")}
"""What the writer of the journal itself adds to any line."""

ACTOR_LABELS: Mapping[str, LazyText] = {
    ActorKind.SYSTEM: lazy_gettext("The software itself"),
    ActorKind.OPERATOR: lazy_gettext("Local operator"),
    ActorKind.ANONYMOUS: lazy_gettext("Nobody signed in"),
}


@dataclass(frozen=True, slots=True)
class ToldValue:
    """One value of a line: its words, or what it names."""

    text: LazyText
    form: str = "plain"
    name: JournalName | None = None
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line in words; when it is sealed nothing but its number, instant and hashes is kept here."""

    number: int
    at: datetime
    hash: str
    previous_hash: str
    is_sealed: bool
    who: LazyText = ""
    kept_name: str = ""
    verb: str = ""
    phrase: LazyText = ""
    subject_kind: str = ""
    subject_id: str = ""
    subject_label: LazyText = ""
    subject: JournalName | None = None
    details: tuple[tuple[LazyText, tuple[ToldValue, ...]], ...] = ()


class Teller:
    """Knows what every room calls its acts."""

    def __init__(self, capabilities: Sequence[Capability]) -> None:
        """Gather what the rooms contribute; values belong to the verbs of the room that declares both."""
        self.phrases: dict[str, LazyText] = {}
        self.subjects: dict[str, JournalSubject] = {}
        self._values: dict[str, Mapping[str, JournalValue]] = {}
        for room in capabilities:
            self.phrases.update(room.journal_phrases)
            self.subjects.update(room.journal_subjects)
            self._values.update(dict.fromkeys(room.journal_phrases, room.journal_values))

    def verbs_of(self, choice: str) -> frozenset[str]:
        """Return the verbs of a choice: one verb, or all of a room."""
        return frozenset(verb for verb in self.phrases if choice in {verb, verb.partition(".")[0]})

    def tell(self, session: Session, actor: Actor, lines: Sequence[FoundLine], *, locale: str) -> list[ToldLine]:
        """Return lines in words for a reader; names are looked up once for all of them."""
        names = self._names(session, actor, lines, locale)
        return [self._line(found, names) for found in lines]

    def tell_acts(self, session: Session, actor: Actor, acts: Sequence[JournalEntry], *, locale: str) -> list[ToldLine]:
        """Return in words the acts on a subject that the reader may see."""
        return self.tell(session, actor, [FoundLine(act, is_sealed=False) for act in acts], locale=locale)

    def _names(
        self, session: Session, actor: Actor, lines: Iterable[FoundLine], locale: str
    ) -> Mapping[str, Mapping[str, JournalName]]:
        asked: dict[str, set[str]] = defaultdict(set)
        for entry in (found.entry for found in lines if not found.is_sealed):
            asked[entry.subject_kind].add(entry.subject_id)
            if entry.person_id is not None:
                asked[PERSON].add(str(entry.person_id))
            for key, value in self._explained(entry.verb, entry.values):
                if value.subject:
                    asked[value.subject].update(map(str, _as_list(entry.values[key])))
        names: dict[str, Mapping[str, JournalName]] = {}
        for kind, ids in asked.items():
            subject = self.subjects.get(kind)
            if subject is not None and subject.names is not None:
                names[kind] = subject.names(session, actor, sorted(ids), locale)
        return names

    def _explained(self, verb: str, values: Mapping[str, Any]) -> list[tuple[str, JournalValue]]:
        """Return the values of a line that its room explains; nobody knows what others may tell, so they stay out."""
        known = {**self._values.get(verb, {}), **COMMON_VALUES}
        return [(key, known[key]) for key in known if key in values]

    def _line(self, found: FoundLine, names: Mapping[str, Mapping[str, JournalName]]) -> ToldLine:
        entry = found.entry
        if found.is_sealed:
            return ToldLine(entry.number, entry.at, entry.hash, entry.previous_hash, is_sealed=True)
        subject = self.subjects[entry.subject_kind]
        person = names.get(PERSON, {}).get(str(entry.person_id))
        details = [
            (value.label, _told(value, entry.values[key], names.get(value.subject, {})))
            for key, value in self._explained(entry.verb, entry.values)
        ]
        return ToldLine(
            entry.number,
            entry.at,
            entry.hash,
            entry.previous_hash,
            is_sealed=False,
            who=ACTOR_LABELS.get(entry.actor_kind) or (person.text if person else entry.actor_name),
            kept_name=entry.actor_name,
            verb=entry.verb,
            phrase=self.phrases.get(entry.verb, entry.verb),
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            subject_label=subject.label,
            subject=names.get(entry.subject_kind, {}).get(entry.subject_id),
            details=tuple((label, told) for label, told in details if told),
        )


def _told(value: JournalValue, kept: Any, names: Mapping[str, JournalName]) -> tuple[ToldValue, ...]:
    if value.form == "silent":
        return ()
    if value.subject:
        named = [(str(each), names.get(str(each))) for each in _as_list(kept)]
        return tuple(ToldValue(name.text, name=name, identifier=each) for each, name in named if name is not None)
    if value.form == "count":
        return (ToldValue(str(len(_as_list(kept)))),)
    if value.form in {"size", "instant"}:
        return (ToldValue(kept, value.form),)
    texts = [each for one in _as_list(kept) for each in (str(one).split() if value.words else [str(one)])]
    return tuple(ToldValue(value.words.get(text, text), value.form) for text in texts)


def _as_list(kept: Any) -> list[Any]:
    return kept if isinstance(kept, list) else [] if kept in (None, "") else [kept]
