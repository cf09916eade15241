"""Pages that are no letters, as an office scans them: ``python -m benchmarks.layouts FOLDER [--each N] [--seed N]``.

Bulletins, invoices, lists, forms, minutes, contracts and notices are set by Chromium in Arabic and in French, scanned
as an office's machine would, and written with what they say in the order in which a person reads it.
``benchmarks/reading.py FOLDER`` measures how they are read; the layout stands where a letter has its level.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageFilter
from playwright.sync_api import Page, sync_playwright

SCANS: Final = Path(__file__).parents[1] / "tests" / "golden" / "scans"
DPI: Final = 200
FACES: Final = {
    "ar": ("Noto Naskh Arabic", "Noto Sans Arabic", "Amiri", "KacstOne", "DejaVu Sans"),
    "fr": ("Liberation Serif", "Liberation Sans", "DejaVu Serif", "Liberation Mono"),
}
SIZES_PT: Final = {"ar": (12.0, 13.0, 14.0), "fr": (10.5, 11.0, 12.0)}
NAMES: Final = {
    "ar": ("محمد العلوي", "فاطمة الزهراء بنعلي", "عبد الرحيم التازي", "خديجة برادة", "يوسف الزيدوني", "أمينة الفاسي"),
    "fr": (
        "Mohamed El Alaoui",
        "Fatima Zahra Benali",
        "Abderrahim Tazi",
        "Khadija Berrada",
        "Youssef Zidouni",
        "Amina El Fassi",
    ),
}
STREETS: Final = {
    "ar": ("شارع محمد الخامس", "زنقة ابن بطوطة", "شارع المسيرة الخضراء", "درب السلطان", "زنقة الياسمين"),
    "fr": ("avenue Mohammed V", "rue Ibn Batouta", "avenue de la Marche Verte", "derb Sultan", "rue des Jasmins"),
}
GOODS: Final = {
    "ar": (
        "ورق أبيض",
        "حبر الطابعة",
        "كراسي مكتبية",
        "خزانة حديدية",
        "حواسيب محمولة",
        "مصابيح الإنارة",
        "أشغال الصباغة",
    ),
    "fr": (
        "Papier blanc",
        "Encre d'imprimante",
        "Chaises de bureau",
        "Armoire métallique",
        "Ordinateurs portables",
        "Lampes",
        "Travaux de peinture",
    ),
}
WORDS: Final = {
    "ar": {
        "bulletin": "نشرة الجماعة", "invoice": "فاتورة", "goods": ("البيان", "الكمية", "ثمن الوحدة", "المجموع"),
        "total": "المجموع العام", "list": "لائحة المستفيدين", "people": ("الرقم", "الاسم", "البطاقة", "العنوان"),
        "form": "طلب رخصة", "fields": ("الاسم الكامل", "رقم البطاقة", "العنوان", "الهاتف", "المهنة"), "trade": "تاجر",
        "minutes": "محضر اجتماع", "present": "الحاضرون", "contract": "كناش التحملات", "article": "المادة",
        "notice": "إعلان", "certificate": "شهادة إدارية", "kingdom": "المملكة المغربية", "contents": "الفهرس",
        "decisions": "جدول المقررات", "decided": ("الرقم", "المقرر", "المكلف", "البطاقة"),
    },
    "fr": {
        "bulletin": "Bulletin communal", "invoice": "FACTURE", "goods": ("Désignation", "Quantité", "Prix", "Montant"),
        "total": "Total général", "list": "Liste des bénéficiaires", "people": ("N°", "Nom", "CIN", "Adresse"),
        "form": "Demande d'autorisation", "fields": ("Nom et prénom", "CIN", "Adresse", "Téléphone", "Profession"),
        "trade": "Commerçant",
        "minutes": "Procès-verbal de réunion", "present": "Présents", "contract": "Cahier des charges",
        "article": "Article", "notice": "AVIS", "certificate": "ATTESTATION", "kingdom": "Royaume du Maroc",
        "contents": "Sommaire",
        "decisions": "Tableau des décisions", "decided": ("N°", "Décision", "Chargé", "CIN"),
    },
}  # fmt: skip
STYLE: Final = """
@page { size: A4; margin: 0 }
body { margin: 18mm; line-height: 1.45 }
h1, h2, h3 { margin: .5em 0 } h1, .centre { text-align: center } p { margin: .5em 0 }
.text { text-align: justify } .columns { columns: var(--columns); column-gap: 9mm }
.beside { display: flex; justify-content: space-between; gap: 10mm }
.notes { width: 38mm; border-inline-end: 1px solid; font-size: .85em } .main { flex: 1 }
table { border-collapse: collapse; width: 100%; margin: 6mm 0 } th, td { text-align: start; padding: 1.2mm 2mm }
.boxed td, .boxed th { border: 1px solid } .ruled td, .ruled th { border-bottom: 1px solid }
.field { border-bottom: 1px dotted } .small { font-size: 8.5pt; line-height: 1.3 } .large { font-size: 1.35em }
.frame { border: 3px double; padding: 15mm; min-height: 230mm } .leader { flex: 1; border-bottom: 2px dotted }
"""


class Sheet:
    """A page in the making: what stands on it, and what it says in the order of reading."""

    def __init__(self, language: str, chance: random.Random) -> None:
        """Take the language of the page and the dice."""
        self.language, self.chance = language, chance
        self.words = WORDS[language]
        self.said: list[str] = []

    def put(self, text: str, *, tag: str = "p", kind: str = "") -> str:
        """Return an element with a text, which is read next."""
        self.said.append(text)
        return f'<{tag} class="{kind}">{escape(text)}</{tag}>'

    def text(self, sentences: int = 2) -> str:
        """Return a paragraph."""
        chosen = self.chance.sample(sentences_of(self.language), sentences)
        return self.put(" ".join(chosen), kind="text")

    def name(self) -> str:
        """Return somebody's name."""
        return self.chance.choice(NAMES[self.language])

    def address(self) -> str:
        """Return where somebody lives."""
        street, number = self.chance.choice(STREETS[self.language]), self.chance.randrange(1, 90)
        return f"{street} {number}" if self.language == "ar" else f"{number}, {street}"

    def card(self) -> str:
        """Return the number of an identity card."""
        return self.chance.choice(("BE", "BK", "AB", "J", "EE")) + str(self.chance.randrange(100_000, 999_999))

    def table(self, head: Iterable[str], rows: Iterable[Sequence[str]], *, kind: str | None = None) -> str:
        """Return a table, with lines or without if no ``kind`` is told."""
        kind = self.chance.choice(("boxed", "ruled", "")) if kind is None else kind
        lines = ["".join(self.put(cell, tag="th") for cell in head)]
        lines += ["".join(self.put(cell, tag="td") for cell in row) for row in rows]
        return f'<table class="{kind}">{"".join(f"<tr>{line}</tr>" for line in lines)}</table>'


def bulletin(sheet: Sheet) -> str:
    """Return text in two or three columns under one title."""
    title = sheet.put(f"{sheet.words['bulletin']} {sheet.chance.randrange(1, 40)}", tag="h1")
    columns = sheet.chance.choice((2, 3))
    return f'{title}<div class="columns" style="--columns: {columns}">{"".join(sheet.text() for _ in range(6))}</div>'


def invoice(sheet: Sheet) -> str:
    """Return goods with numbers and prices."""
    rows = []
    for thing in GOODS[sheet.language]:
        number, price = sheet.chance.randrange(1, 40), sheet.chance.randrange(10, 900)
        rows.append((thing, str(number), f"{price},00", f"{number * price},00"))
    head = sheet.put(sheet.words["invoice"], tag="h1") + sheet.put(sheet.name())
    return (
        head + sheet.table(sheet.words["goods"], rows) + sheet.put(f"{sheet.words['total']}: 12450,00") + sheet.text()
    )


def people(sheet: Sheet) -> str:
    """Return a list of people with cards and addresses."""
    rows = [(str(number), sheet.name(), sheet.card(), sheet.address()) for number in range(1, 22)]
    return sheet.put(sheet.words["list"], tag="h2") + sheet.table(sheet.words["people"], rows)


def form(sheet: Sheet) -> str:
    """Return labels with what somebody filled in."""
    title = sheet.put(sheet.words["form"], tag="h1")
    told = (sheet.name(), sheet.card(), sheet.address(), "0661234567", sheet.words["trade"])
    fields = [
        sheet.put(f"{label} : {value}", kind="field") for label, value in zip(sheet.words["fields"], told, strict=True)
    ]
    return title + "".join(fields) + sheet.text()


def minutes(sheet: Sheet) -> str:
    """Return numbered points and who was there."""
    title = sheet.put(sheet.words["minutes"], tag="h1") + sheet.text(1)
    points = [sheet.put(f"{number}. {sheet.chance.choice(sentences_of(sheet.language))}") for number in range(1, 6)]
    there = sheet.put(sheet.words["present"], tag="h3") + "".join(sheet.put(sheet.name()) for _ in range(5))
    return title + "".join(points) + there


def contract(sheet: Sheet) -> str:
    """Return small print from edge to edge."""
    articles = [sheet.put(f"{sheet.words['article']} {number}", tag="h3") + sheet.text(3) for number in range(1, 7)]
    return f'<div class="small">{"".join(articles)}</div>'


def notice(sheet: Sheet) -> str:
    """Return few large words in the middle."""
    title = sheet.put(sheet.words["notice"], tag="h1")
    return f'<div class="centre large">{title}{sheet.put(sheet.name(), tag="h2")}{sheet.text(1)}{sheet.text(1)}</div>'


def noted(sheet: Sheet) -> str:
    """Return short notes beside a text."""
    notes = "".join(sheet.put(note) for note in (sheet.name(), sheet.address(), sheet.card()))
    texts = "".join(sheet.text() for _ in range(4))
    return f'<div class="beside"><div class="notes">{notes}</div><div class="main">{texts}</div></div>'


def certificate(sheet: Sheet) -> str:
    """Return a text in a frame."""
    head = sheet.put(sheet.words["kingdom"]) + sheet.put(sheet.words["certificate"], tag="h1")
    return (
        f'<div class="frame centre large">{head}{sheet.put(sheet.name())}{sheet.put(sheet.card())}{sheet.text(1)}</div>'
    )


def contents(sheet: Sheet) -> str:
    """Return titles with the numbers of their pages, far from them."""
    title, rows = sheet.put(sheet.words["contents"], tag="h2"), []
    for number in range(1, 13):
        article, page = f"{sheet.words['article']} {number} {sheet.name()}", str(number * 7)
        inside = f"{sheet.put(article, tag='span')}<span class='leader'></span>{sheet.put(page, tag='span')}"
        rows.append(f'<p class="beside">{inside}</p>')
    return title + "".join(rows)


def decisions(sheet: Sheet) -> str:
    """Return a table in boxes some of whose cells go over several lines."""
    rows = [
        (str(number), sheet.chance.choice(sentences_of(sheet.language)), sheet.name(), sheet.card())
        for number in range(1, 9)
    ]
    return sheet.put(sheet.words["decisions"], tag="h2") + sheet.table(sheet.words["decided"], rows, kind="boxed")


def boxes(sheet: Sheet) -> str:
    """Return a form in boxes, two labels with what was filled in beside one another."""
    name, card, address, _, trade = sheet.words["fields"]
    rows = [
        (name, sheet.name(), card, sheet.card())
        if number % 2
        else (address, sheet.address(), trade, sheet.words["trade"])
        for number in range(1, 7)
    ]
    title = sheet.put(sheet.words["form"], tag="h1")
    return title + sheet.table((), rows, kind="boxed") + sheet.text()


LAYOUTS: Final[tuple[Callable[[Sheet], str], ...]] = (
    bulletin, invoice, people, form, minutes, contract, notice, noted, certificate, contents,
    decisions, boxes,
)  # fmt: skip


def main() -> None:
    """Write the pages."""
    asked = argparse.ArgumentParser(prog="benchmarks.layouts")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--each", type=int, default=4, help="pages of each layout and language")
    asked.add_argument("--seed", type=int, default=2026)
    said = asked.parse_args()
    said.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for layout in LAYOUTS:
            for language in FACES:
                for number in range(said.each):
                    name = f"{layout.__name__}_{language}_{number:02}"
                    chance = random.Random(f"{said.seed} {name}")
                    sheet = Sheet(language, chance)
                    file = said.folder / f"{name}.jpg"
                    scanned(printed(page, sheet, layout(sheet)), chance).save(file, quality=75, dpi=(DPI, DPI))
                    told = json.dumps(truth(sheet, layout.__name__, file), ensure_ascii=False)
                    file.with_suffix(".json").write_text(told)
        browser.close()


@cache
def sentences_of(language: str) -> list[str]:
    """Return what letters of a language say, sentence by sentence."""
    found = []
    for path in sorted(SCANS.glob(f"{language}_*.json")):
        for page in json.loads(path.read_text())["pages"]:
            paragraphs = " ".join(line["text"] for line in page["lines"] if line["block"] == "para")
            found += [f"{sentence}." for sentence in re.split(r"\.\s+", paragraphs.rstrip(". ")) if len(sentence) > 60]
    return sorted(set(found))


def printed(page: Page, sheet: Sheet, body: str) -> Image.Image:
    """Return a page of A4 as a printer would have it."""
    language, chance = sheet.language, sheet.chance
    faces = ", ".join(f"'{chance.choice(FACES[one])}'" for one in (language, "fr" if language == "ar" else "ar"))
    face = f"body {{ font: {chance.choice(SIZES_PT[language])}pt {faces}; line-height: 1.45 }}"
    direction = "rtl" if language == "ar" else "ltr"
    page.set_content(f"<html lang={language} dir={direction}><style>{STYLE}{face}</style><body>{body}</body></html>")
    document = pdfium.PdfDocument(page.pdf(format="A4", print_background=True))
    if len(document) != 1:
        raise ValueError(f"a page has to hold it all: {sheet.said[0]}")
    drawn: Image.Image = document[0].render(scale=DPI / 72).to_pil().convert("L")
    return drawn


def scanned(page: Image.Image, chance: random.Random) -> Image.Image:
    """Turn a page a little, and take away what an office's machine does."""
    turned = page.rotate(chance.uniform(-1, 1), Image.Resampling.BICUBIC, fillcolor=255)
    blurred = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.35)), np.float32)
    black, white = chance.uniform(10, 45), chance.uniform(238, 252)
    noise = np.random.default_rng(chance.randrange(2**31)).normal(0, 4, blurred.shape)
    grey = black + blurred * (white - black) / 255 + noise
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))


def truth(sheet: Sheet, layout: str, file: Path) -> dict[str, object]:
    """Return what a page says, as the scans of letters tell it."""
    lines = [{"text": text, "block": "para", "bbox": [0, 0, 0, 0]} for text in sheet.said]
    page = {"text": "\n".join(sheet.said), "lines": lines, "rotation": 0}
    return {"files": [file.name], "level": layout, "lang": sheet.language, "pages": [page]}


if __name__ == "__main__":
    main()
