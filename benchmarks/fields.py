"""How many of the fields of letters are found, and how many of those found are right.

usage: fields.py FOLDER [--readings FILE] [--language ar|fr|mixed] [--show NAME]

FOLDER holds scans, each with a JSON of the same name: files, lang, pages, meta (subject, reference, date, sender,
sender_type, recipient, cin, phone, category). FILE keeps what was read, so that only the rules are measured the next
time. A field is right when it is the true one: of a date, a reference, a CIN, a telephone every sign; of running text
all but a tenth of the letters after the folding of ``reading.folded``.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from benchmarks.reading import folded
from docflow.documents.rules import Word, pack_words, unpack_words
from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.fields import SURE_FROM, propose_fields, sure_fields
from docflow.ocr.letter import ProposedField
from docflow.ocr.reading import read_page
from docflow.pdf.raster import extract_page

EXACT = ("reference", "date", "cin", "phone")
TEXTS = ("subject", "sender", "addressee")
TRUTH_NAMES = {"addressee": "recipient"}
MAX_ERROR_SHARE = 0.1
KINDS = {
    "شكاية": "complaint", "Réclamation": "complaint", "Plainte": "complaint", "طلب": "request", "Demande": "request",
    "دعوة": "invitation", "Invitation": "invitation", "Convocation": "summons",
}  # fmt: skip
"""The kind of a letter by the first word of its true subject; the others have none that the subject tells."""
KINDS_OF_THE_UNTOLD = {"meeting": {"letter", "invitation"}}
OTHER_KINDS_OF_THE_UNTOLD = {"letter", "complaint", "request"}


@dataclass(frozen=True)
class ReadPage:
    """A page as it comes back from the file of readings."""

    words: tuple[Word, ...]


@dataclass
class Tally:
    """What became of one field over all letters."""

    there: int = 0
    proposed: int = 0
    right: int = 0

    def row(self) -> str:
        """Return precision, recall and counts."""
        precision = self.right / self.proposed if self.proposed else 1.0
        recall = self.right / self.there if self.there else 1.0
        return f"{precision:9.3f} {recall:7.3f} {self.there:6} {self.proposed:9} {self.right:6}"


def read_all(folder: Path, names: Sequence[str], kept: Path | None) -> Iterator[tuple[str, list[ReadPage]]]:
    """Yield the pages of each file, read now or taken from the file of readings, which is completed."""
    known: dict[str, list[Any]] = {}
    if kept is not None and kept.exists():
        with kept.open(encoding="utf-8") as stream:
            known = {row["name"]: row["pages"] for row in map(json.loads, stream)}
    reader = TesseractLineReader()
    for name in names:
        if name not in known:
            truth = json.loads((folder / f"{name}.json").read_text("utf-8"))
            known[name] = [_read(folder / truth["files"][0], index, reader) for index in range(len(truth["pages"]))]
            if kept is not None:
                with kept.open("a", encoding="utf-8") as stream:
                    print(json.dumps({"name": name, "pages": known[name]}, ensure_ascii=False), file=stream)
        yield name, [ReadPage(unpack_words(rows)) for rows in known[name]]


def _read(path: Path, page_index: int, reader: TesseractLineReader) -> list[list[str | int | float]]:
    words = read_page(extract_page(path, page_index), reader).words
    return pack_words([Word(word.text, word.box, float(word.confidence), word.line_index) for word in words])


def truth_of(meta: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that a letter holds, by the names of the product."""
    named = {name: meta[TRUTH_NAMES.get(name, name)] for name in (*EXACT, *TEXTS)}
    words = meta["subject"].split()
    named["kind"] = KINDS.get(words[0]) if words else None
    return {name: value for name, value in named.items() if value}


def is_right(name: str, field: ProposedField, truth: Mapping[str, str], meta: Mapping[str, Any]) -> bool:
    """Tell whether a field is what the letter says."""
    if name == "kind" and name not in truth:
        return field.value in KINDS_OF_THE_UNTOLD.get(meta["category"], OTHER_KINDS_OF_THE_UNTOLD)
    if name not in truth:
        return False
    if name in TEXTS:
        wanted, found = folded(truth[name]), folded(field.value)
        return Levenshtein.distance(wanted, found) <= MAX_ERROR_SHARE * len(wanted)
    wanted = folded(truth[name]).replace(" ", "")
    return wanted == folded(field.value).replace(" ", "")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="precision and recall of the proposed fields")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readings", type=Path, help="keep what was read in this file, and use what it holds")
    parser.add_argument("--language", choices=("ar", "fr", "mixed"))
    parser.add_argument("--show", choices=(*EXACT, *TEXTS, "kind"), help="print what went wrong with one field")
    options = parser.parse_args()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    truths = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(options.folder.glob("*.json"))}
    names = [name for name, truth in truths.items() if options.language in (None, truth["lang"])]
    tallies: dict[str, Tally] = defaultdict(Tally)
    doubtful: Counter[str] = Counter()
    spent_s = 0.0
    for name, pages in read_all(options.folder, names, options.readings):
        meta = truths[name]["meta"]
        started_s = time.process_time()
        proposals = propose_fields(pages)
        spent_s += time.process_time() - started_s
        sure, truth = sure_fields(proposals), truth_of(meta)
        for field_name in SURE_FROM:
            field, tally = sure.get(field_name), tallies[field_name]
            tally.there += field_name in truth
            right = field is not None and is_right(field_name, field, truth, meta)
            is_told = field_name in truth or not right
            tally.proposed += field is not None and is_told
            tally.right += right and is_told
            doubtful[field_name] += field_name in proposals and field is None
            if options.show == field_name and not right and (field is not None or field_name in truth):
                shown = proposals.get(field_name)
                found = "nothing" if shown is None else f"{shown.value!r} at {shown.confidence:.0f}"
                print(f"{name}: {truth.get(field_name)!r} is {found}")
    print(f"{'field':10} {'from':>5} {'precision':>9} {'recall':>7}", end=" ")
    print(f"{'there':>6} {'proposed':>9} {'right':>6} {'doubtful':>8}")
    total = Tally()
    for field_name, tally in tallies.items():
        print(f"{field_name:10} {SURE_FROM[field_name]:5.0f} {tally.row()} {doubtful[field_name]:8}")
        total = Tally(total.there + tally.there, total.proposed + tally.proposed, total.right + tally.right)
    print(f"{'all':10} {'':5} {total.row()}")
    print(f"{len(names)} letters, {1000 * spent_s / max(1, len(names)):.1f} ms of processor a letter, reading left out")


if __name__ == "__main__":
    main()
