"""From the query tree to any engine's query: the one place where words, forms and permissions are put together.

An engine gives the few constructions of :class:`QueryBuilder`. The words of a page are always joined with the actor's
content scope at the leaf, under NOT as well, so that a document answers exactly as if what the actor may not read were
not written in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

from docflow.search import query as q
from docflow.search.language.added_words import AddedWords
from docflow.search.language.analyser import analyse
from docflow.search.language.expansion import other_sequences, other_stems, prefix_clitics
from docflow.search.language.misreadings import SHORTEST_WORD, misread_stems, misreadings, misreadings_of_known
from docflow.search.language.numbers import joined_digits
from docflow.search.naming import ExactAndStems, Names, required_parts, run_words

Q = TypeVar("Q")

Form: TypeAlias = Literal["exact", "stem"]
Mode: TypeAlias = Literal["exact", "stemmed", "approximate"]

Leaf: TypeAlias = Callable[[str], Q]
"""What matches words in a part of documents, given its name."""

METADATA_FIELDS = ("subject", "sender", "addressee", "reference", "number")
"""Parts of a document found by whoever holds one of its metadata tokens; ``metadata`` is all of them together."""


def field_name(part: str, form: Form) -> str:
    """Return the name, in every index, of the field that holds one part of a document in one form."""
    return f"{part}_{form}"


class QueryBuilder(Protocol[Q]):
    """The constructions an engine offers; fields are those of :func:`field_name`, words are analysed already."""

    def words(self, field: str, words: Sequence[str]) -> Q:
        """Match one word, or several that follow one another."""
        ...

    def prefix(self, field: str, start: str) -> Q:
        """Match the words that begin so."""
        ...

    def near(self, field: str, word: str) -> Q:
        """Match the words at a distance of one letter."""
        ...

    def one_of(self, field: str, words: frozenset[str]) -> Q:
        """Match any of many words."""
        ...

    def held(self, field: str, words: frozenset[str]) -> frozenset[str]:
        """Return those of many words that some document may hold: all of them, where the engine is not asked."""
        ...

    def days(self, first: date | None, last: date | None) -> Q:
        """Match the documents of a range of days, ends included."""
        ...

    def content_scope(self) -> Q:
        """Match the documents whose pages the actor may read."""
        ...

    def all_of(self, parts: Sequence[Q]) -> Q:
        """Match what every part matches."""
        ...

    def any_of(self, parts: Sequence[Q]) -> Q:
        """Match what some part matches."""
        ...

    def none_of(self, part: Q) -> Q:
        """Match what the part does not match."""
        ...

    def everything(self) -> Q:
        """Match every document."""
        ...

    def nothing(self) -> Q:
        """Match no document."""
        ...


class Matcher(Generic[Q]):
    """Turns trees into queries of one engine, for one actor.

    ``is_written`` tells whether a query matches anything the actor may see; it decides, in the approximate mode,
    between a word misread on paper (the word is known, only misreadings are asked for) and one mistyped in the query.
    """

    def __init__(self, builder: QueryBuilder[Q], *, added: AddedWords, is_written: Callable[[Q], bool]) -> None:
        """Keep the engine's constructions and the words of the district."""
        self._builder = builder
        self._is_written = is_written
        self._added = added
        self._are_written = False
        self._names = Names(q.Everything(), added.thesaurus)
        self.guesses: list[Q] = []
        """Of what was compiled last, what matches the misreadings of each word: nothing is only approximate without."""

    def compile(self, node: q.Node, mode: Mode, *, is_answered: bool = False) -> Q:
        """Return the engine's query for a whole tree; ``is_answered`` says that it has hits as it stands."""
        self._are_written = is_answered and is_conjunction(node)
        self._names = Names(node, self._added.thesaurus)
        self.guesses = []
        return self._node(node, mode, None)

    def _node(self, node: q.Node, mode: Mode, part: str | None) -> Q:
        match node:
            case q.And(parts):
                return self._builder.all_of(self._conjunction(required_parts(parts), mode, part))
            case q.Or(parts):
                return self._disjunction(parts, mode, part)
            case q.Not(child):
                # What is refused is refused in all its forms, and only in those: never by a guess.
                return self._builder.none_of(self._node(child, "stemmed", part))
            case q.FieldQuery(name, child):
                return self._node(child, mode, name)
            case q.Dated(_, days):
                words = self._node(q.dated_words(node), mode, part)
                return self._builder.any_of([words, self._builder.days(days.first, days.last)])
            case q.DateRange(first, last):
                return self._builder.days(first, last)
            case q.Everything():
                return self._builder.everything()
            case q.Nothing():
                return self._builder.nothing()
            case _:
                return self._guarded(self._leaves(node, mode, part), part)

    def _conjunction(self, parts: list[q.Node], mode: Mode, part: str | None) -> list[Q]:
        """Compile parts that must all match; several of them may together be a name that has other forms."""
        compiled: list[Q] = []
        for run in self._names.runs(parts):
            own = [self._node(child, mode, part) for child in run]
            others = self._equivalents(run_words(run)) if mode != "exact" and len(run) > 1 else []
            if others:
                own = [self._builder.any_of([self._builder.all_of(own), self._guarded(others, part)])]
            compiled += own
        return compiled

    def _disjunction(self, parts: Sequence[q.Node], mode: Mode, part: str | None) -> Q:
        """Compile parts of which one must match; what the actor may read is asked once for all their words."""
        leaves: list[Leaf[Q]] = []
        others: list[Q] = []
        for child in parts:
            if isinstance(child, q.Term | q.Phrase | q.Prefix | q.Approximate):
                leaves += self._leaves(child, mode, part)
            else:
                others.append(self._node(child, mode, part))
        return self._builder.any_of([self._guarded(leaves, part), *others] if leaves else others)

    def _equivalents(self, words: ExactAndStems) -> list[Leaf[Q]]:
        """Return what matches other forms of a name."""
        return [
            lambda name, form=form: self._builder.words(field_name(name, "stem"), form)  # type: ignore[misc]
            for form in self._names.others(words)
        ]

    def _leaves(
        self, node: q.Term | q.Phrase | q.Prefix | q.Approximate, mode: Mode, part: str | None
    ) -> list[Leaf[Q]]:
        """Return what matches words, in the part of a document that it is given; any of it is enough."""
        analysed = analyse(node.text)
        if not analysed.exact:
            return [lambda _: self._builder.nothing()]
        if isinstance(node, q.Prefix):
            return [lambda name: self._starts(name, analysed.exact)]
        if mode == "exact":
            return [lambda name: self._builder.words(field_name(name, "exact"), analysed.exact)]
        found: list[Leaf[Q]] = [lambda name: self._all_forms(name, analysed.exact, analysed.stems)]
        if isinstance(node, q.Term):
            found += self._equivalents((analysed.exact, analysed.stems))
        if (mode == "stemmed" and not isinstance(node, q.Approximate)) or len(analysed.exact) > 1:
            return found
        word = analysed.exact[0]
        is_known = self._are_written or self._is_written(self._guarded(found, part))
        near = {name: self._neighbours(name, word, is_known=is_known) for name in _places(part)}
        if not any(near.values()):
            return found

        def guess(name: str) -> Q:
            return self._builder.any_of(near[name]) if near[name] else self._builder.nothing()

        self.guesses.append(self._guarded([guess], part))
        return [*found, guess]

    def _guarded(self, leaves: Sequence[Leaf[Q]], part: str | None) -> Q:
        """Match any of some words where the actor may read them."""
        if part in METADATA_FIELDS:
            return self._builder.any_of([leaf(part) for leaf in leaves])
        written = self._builder.any_of([leaf("content") for leaf in leaves])
        in_pages = self._builder.all_of([written, self._builder.content_scope()])
        if part == "content":
            return in_pages
        return self._builder.any_of([*(leaf("metadata") for leaf in leaves), in_pages])

    def _starts(self, name: str, words: tuple[str, ...]) -> Q:
        field = field_name(name, "exact")
        starts = [self._builder.prefix(field, clitic + words[-1]) for clitic in prefix_clitics(words[-1])]
        start = self._builder.any_of(starts) if len(starts) > 1 else starts[0]
        return start if len(words) == 1 else self._builder.all_of([self._builder.words(field, words[:-1]), start])

    def _all_forms(self, name: str, exact: tuple[str, ...], stems: tuple[str, ...]) -> Q:
        field = field_name(name, "stem")
        own = self._builder.words(field, stems)
        if len(stems) > 1:
            joined = joined_digits(exact)
            return self._builder.any_of([own, self._builder.words(field, [joined])]) if joined else own
        if whole := self._added.whole_forms(exact[0]):
            return self._builder.one_of(field_name(name, "exact"), whole)
        guesses = frozenset(other_stems(exact[0])) | self._added.other_stems(stems[0])
        others = [self._builder.one_of(field, guesses)] if guesses else []
        others += [self._builder.words(field, sequence) for sequence in other_sequences(exact[0])]
        return self._builder.any_of([own, *others]) if others else own

    def _neighbours(self, name: str, word: str, *, is_known: bool) -> list[Q]:
        exact_field, stem_field = field_name(name, "exact"), field_name(name, "stem")
        misread = misreadings_of_known if is_known else misreadings
        parts = [
            self._builder.one_of(field, variants)
            for field, variants in (
                (exact_field, self._builder.held(exact_field, misread(word))),
                (stem_field, self._builder.held(stem_field, misread_stems(word, is_known=is_known))),
            )
            if variants
        ]
        if not is_known and len(word) >= SHORTEST_WORD and word.isalpha():
            parts.append(self._builder.near(exact_field, word))
        return parts


def _places(part: str | None) -> tuple[str, ...]:
    """Return the parts of documents in which words are looked for."""
    return (part,) if part == "content" or part in METADATA_FIELDS else ("metadata", "content")


def is_conjunction(node: q.Node) -> bool:
    """Tell whether a document that answers a query holds every word of it."""
    match node:
        case q.And(parts):
            return all(is_conjunction(part) for part in parts)
        case q.FieldQuery(_, part):
            return is_conjunction(part)
        case _:
            return isinstance(node, q.Term | q.Phrase | q.Approximate | q.DateRange | q.Everything)
