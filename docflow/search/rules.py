"""What words a district may add to the reviewed ones: checked as they are typed, before they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from docflow.core.errors import InvalidInput
from docflow.search.language.added_words import AddedWords
from docflow.search.language.analyser import analyse
from docflow.search.language.equivalents import LONGEST_FORM
from docflow.search.language.stopwords import STOPWORDS

MOST_FORMS = 8
LONGEST_WORD = 80
"""Characters of one form as typed."""


class WordKind(StrEnum):
    """What is said of some words."""

    PLURAL = "plural"
    WHOLE = "whole"
    EQUIVALENT = "equivalent"


@dataclass(frozen=True, slots=True)
class NewWord:
    """Words as a person gave them, each form once: two for a plural, one kept whole, several that are equivalent."""

    kind: WordKind
    forms: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return what two entries that say the same share, whatever their spelling and order."""
        return f"{self.kind}:" + "|".join(sorted(" ".join(analyse(form).exact) for form in self.forms))


def checked_word(kind: WordKind, forms: Sequence[str], *, known: AddedWords) -> NewWord:
    """Return words that may be added.

    Raises:
        InvalidInput: ``word_forms_missing`` when there are too few or too many, ``word_form_invalid`` with ``form``,
            ``word_forms_same`` when one would not be found by what is added.
    """
    typed = [" ".join(form.split()) for form in forms if form.strip()]
    least, most = {WordKind.PLURAL: (2, 2), WordKind.WHOLE: (1, 1), WordKind.EQUIVALENT: (2, MOST_FORMS)}[kind]
    if not least <= len(typed) <= most:
        raise InvalidInput("word_forms_missing")
    longest = LONGEST_FORM if kind is WordKind.EQUIVALENT else 1
    for form in typed:
        words = [word for word in analyse(form).exact if word not in STOPWORDS]
        if len(form) > LONGEST_WORD or not 1 <= len(words) <= longest:
            raise InvalidInput("word_form_invalid", form=form[:LONGEST_WORD])
    new = NewWord(kind, tuple(typed))
    if is_known(new, known):
        raise InvalidInput("word_forms_same")
    return new


def is_known(new: NewWord, known: AddedWords) -> bool:
    """Tell whether what is said of the words holds already, by the rules or by what was added."""
    analysed = [analyse(form) for form in new.forms]
    if new.kind is WordKind.WHOLE:
        return bool(known.whole_forms(analysed[0].exact[0]))
    stems = {one.stems for one in analysed}
    if new.kind is WordKind.PLURAL:
        singular, plural = (one.stems[0] for one in analysed)
        return singular == plural or plural in known.other_stems(singular)
    groups = [known.thesaurus.equivalent(one.exact, one.stems) for one in analysed]
    return len(stems) == 1 or (None not in groups and len({group.group for group in groups if group}) == 1)


def with_word(added: AddedWords, new: NewWord) -> AddedWords:
    """Return the words of a district with one more."""
    return added_words([*_said(added), (new.kind, new.forms)])


def added_words(said: Sequence[tuple[WordKind, tuple[str, ...]]]) -> AddedWords:
    """Return what was said of words, as the query uses it."""
    return AddedWords(
        plurals=tuple((forms[0], forms[1]) for kind, forms in said if kind is WordKind.PLURAL),
        whole=tuple(forms[0] for kind, forms in said if kind is WordKind.WHOLE),
        equivalents=tuple(forms for kind, forms in said if kind is WordKind.EQUIVALENT),
    )


def _said(added: AddedWords) -> list[tuple[WordKind, tuple[str, ...]]]:
    return [
        *((WordKind.PLURAL, forms) for forms in added.plurals),
        *((WordKind.WHOLE, (word,)) for word in added.whole),
        *((WordKind.EQUIVALENT, forms) for forms in added.equivalents),
    ]
