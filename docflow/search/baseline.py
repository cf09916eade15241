"""SQLite's FTS5 on the same made-up documents, in the same run: what the index is compared with."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from docflow.search import query as q
from docflow.search.language.analyser import analyse, analyse_for_index
from docflow.search.measuring import BATCH_DOCUMENTS, Corpus, quantiles

COMPARED_KINDS = ("term", "and", "or", "phrase", "prefix")
"""Kinds of queries that FTS5 has by itself: neither facets nor misread words."""

_PAGE = 20
_TABLES = """
CREATE VIRTUAL TABLE texts USING fts5(stems, exact, content='', tokenize="unicode61 remove_diacritics 0");
CREATE TABLE scopes (document INTEGER, token TEXT, PRIMARY KEY (token, document)) WITHOUT ROWID;
"""
_FOUND = """SELECT rowid FROM texts CROSS JOIN scopes ON document = rowid AND token = ? WHERE texts MATCH ?
ORDER BY rank LIMIT ?"""
_COUNTED = "SELECT count(*) FROM texts CROSS JOIN scopes ON document = rowid AND token = ? WHERE texts MATCH ?"


def measure_fts(folder: Path, corpus: Corpus, *, queries: int) -> dict[str, Any]:
    """Index a corpus, analysed by us, and time pages of twenty with their count; half of them of a tenth."""
    with closing(sqlite3.connect(folder / "fts.sqlite", isolation_level=None)) as database:
        database.executescript(_TABLES)
        cpu_s = _fill(database, corpus)
        times = {kind: _times(database, corpus, kind, queries) for kind in COMPARED_KINDS}
        size = (folder / "fts.sqlite").stat().st_size
    index = {"documents_per_cpu_s": round(corpus.documents / cpu_s, 1), "size_bytes": size}
    return {"documents": corpus.documents, "index": index, "engine": times}


def _fill(database: sqlite3.Connection, corpus: Corpus) -> float:
    entries, cpu_s, number = corpus.entries(), 0.0, 0
    while batch := list(islice(entries, BATCH_DOCUMENTS)):
        started = time.process_time()
        database.execute("BEGIN")
        for entry in batch:
            number += 1
            exact, stems = analyse_for_index("\n".join([entry.subject, entry.sender, *entry.pages]))
            database.execute("INSERT INTO texts (rowid, stems, exact) VALUES (?, ?, ?)", (number, stems, exact))
            database.executemany(
                "INSERT INTO scopes VALUES (?, ?)", [(number, token) for token in sorted(entry.metadata_tokens)]
            )
        database.execute("COMMIT")
        cpu_s += time.process_time() - started
    return cpu_s


def _times(database: sqlite3.Connection, corpus: Corpus, kind: str, queries: int) -> dict[str, float]:
    taken = []
    for number, tree in enumerate(corpus.trees(kind, queries)):
        asked = ("all" if number % 2 else "unit:0", _match(tree))
        started = time.perf_counter()
        database.execute(_FOUND, (*asked, _PAGE)).fetchall()
        database.execute(_COUNTED, asked).fetchone()
        taken.append((time.perf_counter() - started) * 1000)
    found = quantiles(taken)
    return {"p50_ms": found.p50_ms, "p95_ms": found.p95_ms}


def _match(node: q.Node) -> str:
    match node:
        case q.And(parts):
            return " AND ".join(f"({_match(part)})" for part in parts)
        case q.Or(parts):
            return " OR ".join(f"({_match(part)})" for part in parts)
        case q.Prefix(text):
            return f'exact : "{analyse(text).exact[0]}" *'
        case q.Term(text) | q.Phrase(text):
            return f'stems : "{" ".join(analyse(text).stems)}"'
        case _:
            raise ValueError(node)
