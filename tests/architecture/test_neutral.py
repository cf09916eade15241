"""Nothing of the demonstration's district reaches another one: neither its name nor its kind."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2] / "docflow"
NAMES = ("Hassani", "الحسني")
OF_THE_DEMONSTRATION = {"quarters.geojson"}
OF_THE_DICTIONARY = {"equivalents.py", "equivalents.tsv"}
"""Names of people and places that the search knows in both scripts, wherever it is used."""


def test_only_the_demonstration_names_its_district():
    named = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if path.suffix in {".py", ".html", ".js", ".css", ".json", ".geojson", ".tsv", ".po", ".svg"}
        and "built" not in path.parts
        and path.name != "demo.py"
        and path.name not in OF_THE_DEMONSTRATION | OF_THE_DICTIONARY
        and any(name in path.read_text(encoding="utf-8") for name in NAMES)
    }
    assert named == set()


def test_no_sentence_takes_every_administration_for_an_arrondissement():
    for locale, word in (("fr", "rrondissement"), ("ar", "مقاطعة")):
        with (ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
            catalogue = read_po(file, locale=locale)
        said = {message.id for message in catalogue if message.id and word in str(message.string)}
        assert said == {"Arrondissement"}, locale
