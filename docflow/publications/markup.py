"""The few signs that an editor may use in a text, read into parts that templates show; plain Python.

Nothing of a text is ever given to a browser as HTML: a template writes each part, escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

BlockKind: TypeAlias = Literal["heading", "paragraph", "list"]

SPAN: Final = re.compile(r"\[([^\[\]\n]{1,300})\]\(([^()\s]{1,1000})\)|\*\*([^*\n]{1,500})\*\*")
SAFE_ADDRESS: Final = re.compile(
    r"https?://[^\s\"'<>\\]+|mailto:[^\s\"'<>\\]+|tel:\+?[0-9]+|/(?![/\\])[^\s\"'<>\\]*", re.IGNORECASE
)
"""Addresses that a link may lead to: no script, no other scheme, no way to another site disguised as a path."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words: plain, strong, or a link."""

    text: str
    address: str = ""
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a list; ``lines`` are the lines of a paragraph or the items of a list."""

    kind: BlockKind
    lines: tuple[tuple[Span, ...], ...]


def blocks_of(text: str) -> Sequence[Block]:
    """Return the parts of a text: ``## `` begins a heading, ``- `` an item, an empty line a new paragraph."""
    found: list[Block] = []
    for chunk in re.split(r"\n\s*\n", text.strip()):
        for kind, lines in _runs([line.strip() for line in chunk.split("\n") if line.strip()]):
            found.append(Block(kind, tuple(tuple(spans_of(line)) for line in lines)))
    return found


def plain_text(text: str) -> str:
    """Return what a text says without its signs, one line a part."""
    blocks = blocks_of(text)
    return "\n".join("".join(span.text for span in line) for block in blocks for line in block.lines)


def spans_of(line: str) -> Iterator[Span]:
    """Yield the runs of a line; a link that leads nowhere safe stays words."""
    at = 0
    for match in SPAN.finditer(line):
        label, address, strong = match.groups()
        if label is not None and not SAFE_ADDRESS.fullmatch(address):
            continue
        if match.start() > at:
            yield Span(line[at : match.start()])
        yield Span(strong, is_strong=True) if label is None else Span(label, address)
        at = match.end()
    if at < len(line):
        yield Span(line[at:])


def _runs(lines: Sequence[str]) -> Iterator[tuple[BlockKind, list[str]]]:
    """Yield lines of one kind that follow each other; a heading is one line."""
    run: tuple[BlockKind, list[str]] | None = None
    for line in lines:
        kind, said = _kind_of(line)
        if run is not None and run[0] == kind != "heading":
            run[1].append(said)
            continue
        if run is not None:
            yield run
        run = (kind, [said])
    if run is not None:
        yield run


def _kind_of(line: str) -> tuple[BlockKind, str]:
    if line.startswith("## "):
        return "heading", line[3:].strip()
    if line.startswith(("- ", "• ")):
        return "list", line[2:].strip()
    return "paragraph", line
