"""Suggestions as somebody types, measured: ``python benchmarks/suggestions.py [DOCUMENTS]``, 20,000 when none are said.

Every beginning of two letters and more of the words is asked for, half of them by a person who sees a tenth of the
documents; the whole operation is timed, rows of the database included.
"""

from __future__ import annotations

import json
import random
import sys
import time

from docflow.accounts.queries import actor_named
from docflow.cli.made_up_home import made_up_home
from docflow.search.measuring import SEED, Corpus, quantiles
from docflow.search.suggesting import suggest

_WORDS = 60
_PEOPLE = ("clerk", "agent")


def main() -> None:
    """Print one JSON object."""
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    corpus = Corpus(documents)
    with made_up_home(corpus) as runtime:
        with runtime.transactions.reading() as session:
            actors = [actor_named(session, name, runtime.clock.now()) for name in _PEOPLE]
        for actor in actors:
            suggest(runtime, actor, "pe")
        spent = []
        for number, typed in enumerate(_typed(corpus)):
            started = time.perf_counter()
            suggest(runtime, actors[number % len(actors)], typed)
            spent.append((time.perf_counter() - started) * 1000)
    found = quantiles(spent)
    said = {"documents": documents, "keystrokes": len(spent), "p50_ms": found.p50_ms, "p95_ms": found.p95_ms}
    print(json.dumps(said | {"slowest_ms": round(max(spent), 1)}))


def _typed(corpus: Corpus) -> list[str]:
    chance = random.Random(SEED)
    words = [
        vocabulary[min(int(chance.expovariate(1 / 200)), len(vocabulary) - 1)]
        for vocabulary in (corpus.arabic, corpus.french)
        for _ in range(_WORDS)
    ]
    numbers = [f"{chance.randrange(2020, 2026)}/{chance.randrange(corpus.documents)}" for _ in range(_WORDS // 4)]
    return [said[:length] for said in [*words, *numbers] for length in range(2, len(said) + 1)]


if __name__ == "__main__":
    main()
