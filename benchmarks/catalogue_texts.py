"""The sentences of the product's catalogues: words of the field to draw what networks learn from."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parents[1] / "docflow" / "translations"


def catalogue_texts(language: str) -> list[str]:
    """Return the translations of a catalogue, forms of the plural left out."""
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [str(message.string) for message in read_po(file) if isinstance(message.string, str)]
