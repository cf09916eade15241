"""How right the text is that a born-digital page brings, beside what pdfium and pdftotext make of the same page.

usage: own_text.py FOLDER [--size PT] [--width CM]

FOLDER holds the truth of scans (pages[].lines: text, lang). Each page is set anew by Chromium, in one after the other
of the Arabic typefaces that fontconfig knows, every second page justified. Prints a JSON line: how many pages were
kept, repaired and refused, the character error rate by language (letters and their order, spaces too, marks of
direction left out) and the processor time of a page in milliseconds.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import resource
import subprocess
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from statistics import fmean

import pypdfium2
from rapidfuzz.distance import Levenshtein

from docflow.pdf.raster import PageImage, extract_page

UNSEEN = re.compile("[\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
ARABIC = re.compile("[\u0600-\u06ff]")


def arabic_typefaces() -> list[str]:
    """Return the families with Arabic letters that Chromium can set; no letter is in those of the Quran or of Urdu."""
    listed = subprocess.run(["fc-list", ":lang=ar", "family"], capture_output=True, text=True, check=True).stdout
    families = {line.split(",")[0] for line in listed.splitlines() if line}
    return sorted(family for family in families if not re.search("Quran|Urdu", family))


def set_page(lines: Sequence[str], out: Path, *, style: str) -> None:
    """Let Chromium print the lines as paragraphs of their own direction."""
    paragraphs = "".join(
        f'<p dir="{"rtl" if ARABIC.search(line) else "ltr"}">{html.escape(line)}</p>' for line in lines
    )
    page = out.with_suffix(".html")
    page.write_text(f"<meta charset=utf-8><style>@page{{size:A4}}{style}</style>{paragraphs}", encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run([*command, f"--print-to-pdf={out}", page.as_uri()], capture_output=True, check=True)


def compared(text: str) -> str:
    """Return the text without what nobody sees."""
    return " ".join(unicodedata.normalize("NFC", UNSEEN.sub("", text)).split())


def text_of(page: PageImage) -> str:
    """Return the words of a page, a line after the other."""
    lines = groupby(page.words, key=lambda word: word.line_index)
    return "\n".join(" ".join(word.text for word in line) for _, line in lines)


def child_cpu_ms() -> float:
    """Return the processor time of the children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (used.ru_utime + used.ru_stime)


def main() -> None:
    """Set, read and compare every page of the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=float, default=10, help="of the type, in points")
    parser.add_argument("--width", type=float, default=17, help="of the column, in centimetres")
    options = parser.parse_args()
    typefaces, states, cpu_ms = arabic_typefaces(), Counter[str](), []
    errors: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(sorted(options.folder.glob("*.json"))):
            lines = [line["text"] for line in json.loads(path.read_text(encoding="utf-8"))["pages"][0]["lines"]]
            pdf = Path(folder) / "page.pdf"
            typeface = typefaces[number % len(typefaces)]
            align = "justify" if number % 2 else "start"
            style = (
                f"body{{font:{options.size}pt '{typeface}';width:{options.width}cm;text-align:{align}}}p{{margin:0}}"
            )
            set_page(lines, pdf, style=style)
            with closing(pypdfium2.PdfDocument(pdf)) as document:
                if len(document) > 1:
                    continue
                by_pdfium = document[0].get_textpage().get_text_range()
            by_poppler = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
            before_ms = child_cpu_ms()
            page = extract_page(pdf, 0)
            cpu_ms.append(child_cpu_ms() - before_ms)
            states[page.text_state] += 1
            truth = compared("\n".join(lines))
            language = path.stem.split("_")[0]
            if not page.has_sound_text:
                continue
            for reader, text in (("docflow", text_of(page)), ("pdfium", by_pdfium), ("pdftotext", by_poppler)):
                errors[language][reader].append(Levenshtein.distance(compared(text), truth) / len(truth))
    rates = {lang: {reader: round(fmean(each), 5) for reader, each in by.items()} for lang, by in errors.items()}
    print(json.dumps({"pages": dict(states), "error_rate": rates, "cpu_ms": round(fmean(cpu_ms))}))


if __name__ == "__main__":
    main()
