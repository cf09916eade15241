"""The catalogues: whole English sentences in the code, complete Arabic and French beside it.

``python -m docflow.web.catalogues update`` takes new sentences from the code into both catalogues; fill them in, then
``check``; ``compile`` makes the binary form that the pages read (at set-up; ignored by git).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parent.parent
TRANSLATIONS: Final = ROOT / "translations"
MAPPING: Final = ROOT.parent / "babel.cfg"
KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {
    "_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2),
}  # fmt: skip
PLURAL_FORMS: Final = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "fr": "nplurals=2; plural=(n > 1);",
}
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]")
WIDTH: Final = 118


def extract() -> Catalog:
    """Return every sentence that the code and the templates mark for translation."""
    catalogue = Catalog(project="DocFlow", fuzzy=False)
    with MAPPING.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT.parent, methods, options, KEYWORDS)
    for name, _line, text, comments, context in found:
        # Line numbers would make every commit touch both catalogues.
        catalogue.add(text, None, [(name, 0)], auto_comments=comments, context=context)
    return catalogue


def read_catalogue(locale: str) -> Catalog:
    """Return the catalogue of a language as it is kept in the repository."""
    with _path(locale).open("rb") as file:
        return read_po(file, locale=locale)


def update() -> None:
    """Bring both catalogues to the sentences of the code: new ones empty, vanished ones removed."""
    template = extract()
    for locale, plural_forms in PLURAL_FORMS.items():
        old = read_catalogue(locale) if _path(locale).exists() else Catalog(locale=locale)
        fresh = Catalog(locale=locale, project="DocFlow", fuzzy=False)
        for message in template:
            if not message.id:
                continue
            kept = old.get(_key(message))
            text = kept.string if kept and kept.pluralizable == message.pluralizable else None
            fresh.add(message.id, text, message.locations, auto_comments=message.auto_comments)
        _write_catalogue(fresh, locale=locale, plural_forms=plural_forms)


def compile_catalogues(target: Path = TRANSLATIONS) -> None:
    """Write the binary form of both catalogues under ``target`` where it is missing or older than its source."""
    for locale in PLURAL_FORMS:
        source = _path(locale)
        binary = target / locale / "LC_MESSAGES" / "messages.mo"
        if binary.exists() and binary.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        buffer = BytesIO()
        write_mo(buffer, read_catalogue(locale))
        binary.parent.mkdir(parents=True, exist_ok=True)
        temporary = binary.with_suffix(".mo.new")
        temporary.write_bytes(buffer.getvalue())
        temporary.replace(binary)


def problems() -> Iterator[str]:
    """Yield what keeps the catalogues from being complete: absent, empty, fuzzy, or other placeholders."""
    template = extract()
    wanted = {_key(message): message for message in template if message.id}
    for locale in PLURAL_FORMS:
        catalogue = read_catalogue(locale)
        present = {_key(message) for message in catalogue if message.id}
        for key in sorted(wanted.keys() - present):
            yield f"{locale}: absent: {key!r}"
        for key in sorted(present - wanted.keys()):
            yield f"{locale}: no longer used: {key!r}"
        for key in sorted(present & wanted.keys()):
            message = catalogue.get(key)
            if message is not None:
                yield from (f"{locale}: {fault}: {key!r}" for fault in faults_of(message, catalogue.num_plurals))


def faults_of(message: Message, plural_count: int) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    strings = [text or "" for text in ([message.string] if isinstance(message.string, str | None) else message.string)]
    if message.fuzzy:
        yield "fuzzy"
    if not all(strings):
        yield "empty"
        return
    if len(ids) > 1 and len(strings) != plural_count:
        yield f"{len(strings)} plural forms instead of {plural_count}"
    allowed = set(PLACEHOLDER.findall(ids[-1]))
    for string in strings:
        used = set(PLACEHOLDER.findall(string))
        # « one day », « يومان » need no number, so a plural form may leave ``num`` out.
        if used - allowed or allowed - used - ({"num"} if len(ids) > 1 else set()):
            yield f"placeholders {sorted(used)} instead of {sorted(allowed)}"


def _key(message: Message) -> str:
    """Return what names a message in a catalogue: its singular."""
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def _path(locale: str) -> Path:
    """Return where the source of a catalogue is."""
    return TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"


def _write_catalogue(catalogue: Catalog, *, locale: str, plural_forms: str) -> None:
    """Write a catalogue sorted, without dates or line numbers, so that a change shows as only itself."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: DocFlow\\n"\n'
        f'"Language: {locale}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {plural_forms}\\n"\n\n'
    )
    _path(locale).parent.mkdir(parents=True, exist_ok=True)
    _path(locale).write_text(header + buffer.getvalue().decode("utf-8"), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Run ``update``, ``compile`` or ``check``; return the exit code."""
    match arguments:
        case ["update"]:
            update()
        case ["compile"]:
            compile_catalogues()
        case ["check"]:
            found = list(problems())
            sys.stderr.writelines(f"{problem}\n" for problem in found)
            return 1 if found else 0
        case _:
            sys.stderr.write("usage: python -m docflow.web.catalogues update|compile|check\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
