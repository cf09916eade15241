"""What changed between two versions of a page's text, word by word; plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["same", "removed", "added"]

MOST_COMPARISONS = 400_000
"""Longer blocks are shown as removed and added whole: comparing them word by word would hold up the page."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words that stand side by side and share one fate."""

    kind: Kind
    text: str


ChangedLine: TypeAlias = tuple[Part, ...]


def changed_lines(before: str, after: str) -> tuple[ChangedLine, ...]:
    """Return the lines that differ, each with what was removed and added; lines that are the same are left out."""
    # An empty line carries nothing, and two of them would be matched before the lines around them.
    old, new = ([line for line in text.splitlines() if line] for text in (before, after))
    if len(old) * len(new) > MOST_COMPARISONS:
        return _block(old, new)
    lines: list[ChangedLine] = []
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind != "equal":
            lines += _block(old[old_start:old_end], new[new_start:new_end])
    return tuple(lines)


def _block(old: Sequence[str], new: Sequence[str]) -> tuple[ChangedLine, ...]:
    if len(old) == len(new):
        return tuple(tuple(_words(before, after)) for before, after in zip(old, new, strict=True) if before != after)
    return (*((Part("removed", line),) for line in old), *((Part("added", line),) for line in new))


def _words(before: str, after: str) -> Iterator[Part]:
    old, new = before.split(), after.split()
    if len(old) * len(new) > MOST_COMPARISONS:
        yield Part("removed", before)
        yield Part("added", after)
        return
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("same", " ".join(old[old_start:old_end]))
            continue
        if old_start < old_end:
            yield Part("removed", " ".join(old[old_start:old_end]))
        if new_start < new_end:
            yield Part("added", " ".join(new[new_start:new_end]))
