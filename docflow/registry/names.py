"""The key by which the letters of one sender are found, however the name was typed."""

from __future__ import annotations

from docflow.search.language.folding import fold

KEY_LIMIT = 300


def sender_key(name: str) -> str:
    """Return a sender's name folded, its words in their order: case, accents, hamza and vowel signs do not count."""
    words = (fold(word) for word in name.split())
    return " ".join(word for word in words if word)[:KEY_LIMIT]
