"""What was changed in a file after a signature: pages, their content, notes; used in the sealing process only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

Difference: TypeAlias = tuple[str, int, str]
"""A code of ``labels.CHANGES``, the state (from 1) in which it came, and the page's number or a name."""
MOST_PAGES = 500
MOST_OBJECTS = 5000
NOT_OF_PAGE = frozenset({"/Parent", "/Annots", "/B", "/StructParents", "/Popup", "/P"})
FAULTS = (PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


def later_differences(reader: PdfFileReader, signed_revision: int) -> list[Difference]:
    """Return what differs between a signed state of a file and the file, in the order of the states."""
    found: list[Difference] = []
    last = reader.xrefs.total_revisions - 1
    for revision in range(signed_revision + 1, last + 1):
        try:
            found += _differences(reader, revision)
        except FAULTS:
            found.append(("other", revision + 1, ""))
    return list(dict.fromkeys(found)) or [("other", last + 1, "")]


def unexplained_states(reader: PdfFileReader, signed_revision: int, signed_states: set[int]) -> list[int]:
    """Return the states after a signature that hold neither a further signature nor revocation data of one.

    Nothing else is ever added to what was sealed, not even what the seal would bear with, such as a title.
    """
    found = []
    for revision in range(signed_revision + 1, reader.xrefs.total_revisions):
        if revision in signed_states:
            continue
        try:
            before, after = (reader.get_historical_root(number) for number in (revision - 1, revision))
            is_explained = "/DSS" in after and _store(before) != _store(after)
        except FAULTS:
            is_explained = False
        if not is_explained:
            found.append(revision)
    return found


def _store(root: Any) -> tuple[int, ...]:
    """Return how many items of each kind the store of revocation data holds in a state."""
    if "/DSS" not in root:
        return ()
    store = root["/DSS"]
    return tuple(len(store[key]) if key in store else 0 for key in ("/Certs", "/OCSPs", "/CRLs", "/VRI"))


def _differences(reader: PdfFileReader, revision: int) -> Iterator[Difference]:
    changed = {reference.idnum for reference in reader.xrefs.explicit_refs_in_revision(revision)}
    before, after = (_pages(reader.get_historical_resolver(number)) for number in (revision - 1, revision))
    number = revision + 1
    old, new = [page.idnum for page, _ in before], [page.idnum for page, _ in after]
    if set(new) - set(old):
        yield "pages_added", number, _listed(new.index(page) + 1 for page in new if page not in old)
    if set(old) - set(new):
        yield "pages_removed", number, _listed(old.index(page) + 1 for page in old if page not in new)
    if set(old) == set(new) and old != new:
        yield "pages_moved", number, ""
    earlier = {page.idnum: entry for page, entry in before}
    for index, (page, entry) in enumerate(after):
        if page.idnum not in earlier:
            continue
        if _notes(entry) != _notes(earlier[page.idnum]) or _notes(entry) & changed:
            yield "notes_changed", number, str(index + 1)
        is_redrawn = _drawn(earlier[page.idnum]) != _drawn(entry) or bool(_drawn(entry) & changed)
        if is_redrawn or any(_text(entry, key) != _text(earlier[page.idnum], key) for key in BOXES):
            yield "page_changed", number, str(index + 1)


BOXES = ("/MediaBox", "/CropBox", "/Rotate")


def _listed(numbers: Iterator[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))


def _pages(resolver: Any) -> list[tuple[Any, Any]]:
    """Return references and entries of the pages of one state of the file."""
    waiting: list[Any] = [resolver.root.raw_get("/Pages")]
    found: list[tuple[Any, Any]] = []
    seen: set[int] = set()
    while waiting and len(found) < MOST_PAGES and len(seen) < MOST_OBJECTS:
        reference = waiting.pop(0)
        entry = resolver.get_object(reference.reference)
        if reference.idnum in seen:
            continue
        seen.add(reference.idnum)
        if "/Kids" in entry:
            waiting = [entry["/Kids"].raw_get(index) for index in range(len(entry["/Kids"]))] + waiting
        else:
            found.append((reference, entry))
    return found


def _notes(page: Any) -> set[int]:
    if "/Annots" not in page:
        return set()
    notes = page["/Annots"]
    return {item.idnum for item in list.__iter__(notes) if isinstance(item, generic.IndirectObject)}


def _drawn(page: Any) -> set[int]:
    """Return the numbers of the objects that a page draws with."""
    seen: set[int] = set()
    waiting: list[Any] = [dict.get(page, key) for key in page if key not in NOT_OF_PAGE]
    while waiting and len(seen) < MOST_OBJECTS:
        item = waiting.pop()
        if isinstance(item, generic.IndirectObject):
            if item.idnum in seen:
                continue
            seen.add(item.idnum)
            item = item.get_object()
        if isinstance(item, generic.DictionaryObject):
            waiting += [dict.get(item, key) for key in item if key not in NOT_OF_PAGE]
        elif isinstance(item, generic.ArrayObject):
            waiting += list(list.__iter__(item))
    return seen


def _text(page: Any, key: str) -> str:
    return repr(page[key]) if key in page else ""
