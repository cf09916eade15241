"""Measures of an index on made-up documents: always the same ones for a number and a seed."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

from docflow.search import query as q
from docflow.search.language.analyser import analyse
from docflow.search.language.arabic_words import lexicon
from docflow.search.ports import IndexEntry, SearchIndex, SearchRequest

SEED = 20_260_101
_TODAY = date(2026, 1, 1)
_UNITS = tuple(f"unit:{number}" for number in range(20))
_EVERYTHING = frozenset({"all"})
_A_TENTH = frozenset(_UNITS[:2])
BATCH_DOCUMENTS = 1000
_RARE_WORDS = 30_000
_SHORTEST_TEXT, _LONGEST_TEXT = 80, 300
_FRENCH = """demande autorisation permis construire commune arrondissement réclamation éclairage public voirie travaux
assainissement déchets collecte quartier avenue rue boulevard école hôpital marché municipal conseil président service
division bureau courrier lettre réponse délai dossier pièce état civil attestation certificat légalisation signature
propriété terrain plan urbanisme hygiène contrôle procès-verbal réunion session budget taxe recette paiement facture"""
_ARABIC_SYLLABLES = "با تو جي حا خو دي را زو سي شا صو طي عا غو في قا كو لي ما نو هي وا يا"
_FRENCH_SYLLABLES = "ba cré di fon gué lou mi nan po qui ra sé ti vou zan ber cal dou fré mon"


class Corpus:
    """Documents of 80 to 300 words, in Arabic, in French or in both, with common and rare words as in a real text."""

    def __init__(self, documents: int, *, seed: int = SEED) -> None:
        """Prepare the vocabulary; ``documents`` is the number of entries."""
        self.documents = documents
        self._seed = seed
        chance = random.Random(seed)  # noqa: S311 (the same documents each time are the purpose)
        arabic = [*sorted(lexicon().plurals), *sorted(lexicon().bases)]
        self.arabic = [*_shuffled(chance, arabic), *_made_up(chance, _ARABIC_SYLLABLES.split(), _RARE_WORDS)]
        self.french = [*_shuffled(chance, _FRENCH.split()), *_made_up(chance, _FRENCH_SYLLABLES.split(), _RARE_WORDS)]
        self._weights = {
            "ar": list(accumulate(1 / (rank + 10) for rank in range(len(self.arabic)))),
            "fr": list(accumulate(1 / (rank + 10) for rank in range(len(self.french)))),
        }

    def entries(self) -> Iterator[IndexEntry]:
        """Yield the documents."""
        chance = random.Random(self._seed + 1)  # noqa: S311 (as above)
        for number in range(self.documents):
            yield self._entry(chance, number)

    def _entry(self, chance: random.Random, number: int) -> IndexEntry:
        languages = chance.choice((("ar",), ("fr",), ("ar", "fr")))
        day = _TODAY - timedelta(days=chance.randrange(2000))
        unit = chance.choice(_UNITS)
        scope = frozenset({"all", unit})
        return IndexEntry(
            document_id=f"{number:08d}",
            version=1,
            subject=self._text(chance, languages, 8),
            sender=self._text(chance, languages, 3),
            addressee=unit,
            reference=f"R-{day.year}-{number:07d}",
            register_number=f"{day.year}/{number}",
            kind=chance.choice(("letter", "complaint", "request", "decision")),
            languages=languages,
            unit=unit,
            document_date=day,
            arrived_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
            pages=(self._text(chance, languages, chance.randrange(_SHORTEST_TEXT, _LONGEST_TEXT)),),
            metadata_tokens=scope,
            content_tokens=scope,
        )

    def _text(self, chance: random.Random, languages: Sequence[str], words: int) -> str:
        share = words // len(languages)
        chosen: list[str] = []
        for language in languages:
            vocabulary = self.arabic if language == "ar" else self.french
            chosen += chance.choices(vocabulary, cum_weights=self._weights[language], k=share)
        return " ".join(chosen)

    def trees(self, kind: str, count: int) -> list[q.Node]:
        """Return queries of one kind, of words that are common enough to be asked for."""
        chance = random.Random(f"{self._seed}{kind}")  # noqa: S311 (as above)

        def word() -> str:
            vocabulary = chance.choice((self.arabic, self.french))
            return vocabulary[min(int(chance.expovariate(1 / 200)), len(vocabulary) - 1)]

        makers: dict[str, Callable[[], q.Node]] = {
            "term": lambda: q.Term(word()),
            "and": lambda: q.And((q.Term(word()), q.Term(word()))),
            "or": lambda: q.Or((q.Term(word()), q.Term(word()), q.Term(word()))),
            "phrase": lambda: q.Phrase(f"{word()} {word()}"),
            "prefix": lambda: q.Prefix(word()[:3]),
            "approximate": lambda: q.Approximate(word()),
            "field_and_dates": lambda: q.And(
                (q.FieldQuery("subject", q.Term(word())), q.DateRange(date(2023, 1, 1), date(2024, 12, 31)))
            ),
            "facets": lambda: q.Term(word()),
        }
        return [makers[kind]() for _ in range(count)]


QUERY_KINDS = ("term", "and", "or", "phrase", "prefix", "approximate", "field_and_dates", "facets")


def _shuffled(chance: random.Random, words: list[str]) -> list[str]:
    return chance.sample(words, len(words))


def _made_up(chance: random.Random, syllables: Sequence[str], count: int) -> list[str]:
    return ["".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Half and nineteen twentieths of the times of one kind of query, in milliseconds of wall time."""

    p50_ms: float
    p95_ms: float


def measure_index(index: SearchIndex, corpus: Corpus) -> dict[str, Any]:
    """Build the index of a corpus; analysis is included, making up the documents is not."""
    entries = corpus.entries()
    rebuild = index.start_rebuild()
    cpu_s = wall_s = 0.0
    while batch := list(islice(entries, BATCH_DOCUMENTS)):
        cpu_s, wall_s = _timed(lambda batch=batch: rebuild.add(batch), cpu_s, wall_s)  # type: ignore[misc]
    cpu_s, wall_s = _timed(rebuild.swap, cpu_s, wall_s)
    return {
        "documents": corpus.documents,
        "documents_per_cpu_s": round(corpus.documents / cpu_s, 1),
        "documents_per_s": round(corpus.documents / wall_s, 1),
        "size_bytes": index.status().size_bytes,
    }


def _timed(action: Callable[[], object], cpu_s: float, wall_s: float) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    action()
    return cpu_s + time.process_time() - cpu, wall_s + time.perf_counter() - wall


def measure_queries(index: SearchIndex, corpus: Corpus, *, queries: int, is_whole_answer: bool) -> dict[str, Any]:
    """Time queries of each kind, half of them by an actor who sees a tenth of the documents.

    The engine alone gives a page of twenty hits and their count (and facets, for the kind of that name); a whole answer
    also has facets, approximate hits and a correction.
    """
    times: dict[str, Quantiles] = {}
    for kind in QUERY_KINDS:
        taken = [
            _time_of(index, tree, number=number, with_facets=is_whole_answer or kind == "facets", whole=is_whole_answer)
            for number, tree in enumerate(corpus.trees(kind, queries))
        ]
        times[kind] = quantiles(taken)
    return {kind: {"p50_ms": quantiles.p50_ms, "p95_ms": quantiles.p95_ms} for kind, quantiles in times.items()}


def _time_of(index: SearchIndex, tree: q.Node, *, number: int, with_facets: bool, whole: bool) -> float:
    tokens = _EVERYTHING if number % 2 else _A_TENTH
    request = SearchRequest(
        tree=tree,
        metadata_tokens=tokens,
        content_tokens=tokens,
        with_facets=with_facets,
        approximate_limit=10 if whole else 0,
    )
    started = time.perf_counter()
    index.search(request)
    return (time.perf_counter() - started) * 1000


def quantiles(times: list[float]) -> Quantiles:
    """Return the quantiles of times in milliseconds."""
    ordered = sorted(times)
    return Quantiles(round(ordered[len(ordered) // 2], 2), round(ordered[int(len(ordered) * 0.95)], 2))


def measure_analysis(corpus: Corpus) -> float:
    """Return microseconds of processor time a word, the first meeting of each word included."""
    texts = [page for entry in corpus.entries() for page in entry.pages]
    started = time.process_time()
    words = sum(len(analyse(text).exact) for text in texts)
    return round((time.process_time() - started) / words * 1e6, 2)


def peak_rss_bytes() -> int:
    """Return the most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
