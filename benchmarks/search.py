"""Search, measured: tantivy, and Whoosh on fewer documents: ``python benchmarks/search.py [DOCUMENTS]``."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from docflow.search.adapters.tantivy import TantivyIndex
from docflow.search.adapters.whoosh import WhooshIndex
from docflow.search.language.analyser import analyse
from docflow.search.measuring import Corpus, measure_index, measure_queries, peak_rss_bytes

_MOST_FOR_WHOOSH = 2_000


def main() -> None:
    """Print one JSON object: analysis, then each engine."""
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    answer: dict[str, object] = {"analysis_us_a_word": analysis_cost(Corpus(min(documents, 2_000)))}
    for engine, size in ((TantivyIndex, documents), (WhooshIndex, min(documents, _MOST_FOR_WHOOSH))):
        corpus = Corpus(size)
        with tempfile.TemporaryDirectory() as folder:
            index = engine(Path(folder) / "index")
            answer[engine.__name__] = {
                "index": measure_index(index, corpus),
                "engine": measure_queries(index, corpus, queries=25, is_whole_answer=False),
                "answer": measure_queries(index, corpus, queries=25, is_whole_answer=True),
            }
            index.close()
    print(json.dumps(answer | {"peak_rss_bytes": peak_rss_bytes()}, indent=2))


def analysis_cost(corpus: Corpus) -> float:
    """Return microseconds of CPU a word, the first meeting of each word included."""
    texts = [page for entry in corpus.entries() for page in entry.pages]
    started = time.process_time()
    words = sum(len(analyse(text).exact) for text in texts)
    return round((time.process_time() - started) / words * 1e6, 2)


if __name__ == "__main__":
    main()
