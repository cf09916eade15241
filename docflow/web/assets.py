"""Styles, scripts, fonts and icons, made once from pinned wheels and our own sources, under hashed names.

No third-party file is committed: htmx, Plex Sans Arabic and the Lucide icons are taken from the wheels that the
requirements pin. Names carry the hash of the content, so a browser may keep a file for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from docflow.web.icons import ICONS

SOURCES: Final = Path(__file__).parent / "static"
"""Our own styles (``css/``) and scripts (``js/``)."""

BUILT: Final = SOURCES / "built"
"""Where ``docflow assets build`` writes; ignored by git."""

MANIFEST_NAME: Final = "manifest.json"

RECIPE: Final = "3"
"""Raised when this module makes other bytes from the same sources, so that a rebuild happens."""

DISTRIBUTIONS: Final = ("django-js-lib-htmx", "fontpkg-ibm-plex-sans-arabic", "lucide", "fonttools")

LATIN: Final = (
    (0x0020, 0x024F), (0x2000, 0x200B), (0x2010, 0x2027), (0x202F, 0x203A), (0x20AC, 0x20AC), (0x2116, 0x2116),
    (0x2122, 0x2122), (0x2190, 0x2193), (0x21B5, 0x21B5), (0x2212, 0x2212), (0x2248, 0x2265),
)  # fmt: skip
ARABIC: Final = (
    (0x060C, 0x060C), (0x061B, 0x061B), (0x061F, 0x061F), (0x0621, 0x063A), (0x0640, 0x0655), (0x0660, 0x0671),
    (0x067E, 0x067E), (0x0686, 0x0686), (0x0698, 0x0698), (0x06A4, 0x06A4), (0x06A8, 0x06A9), (0x06AD, 0x06AD),
    (0x06AF, 0x06AF), (0x06CC, 0x06CC), (0x06D4, 0x06D4), (0x06F0, 0x06F9), (0x200C, 0x200F), (0x2066, 0x2069),
    (0xFD3E, 0xFD3F),
)  # fmt: skip
"""Arabic with its marks and both rows of digits, and the letters of Moroccan and Persian names.

The others are rare here, and would double the fonts.
"""

FONTS: Final[Mapping[str, tuple[str, tuple[tuple[int, int], ...]]]] = {
    "plex-ar-400.woff2": ("IBMPlexSansArabic-Regular.ttf", ARABIC),
    "plex-ar-600.woff2": ("IBMPlexSansArabic-SemiBold.ttf", ARABIC),
    "plex-la-400.woff2": ("IBMPlexSansArabic-Regular.ttf", LATIN),
    "plex-la-600.woff2": ("IBMPlexSansArabic-SemiBold.ttf", LATIN),
}
"""Name of each web font → its source in the wheel and the characters it keeps."""

MODULE_IMPORT: Final = re.compile(r"^import [^\n]*? from \"\./([a-z]+)\.js\";\n", re.MULTILINE)
MODULE_NAME: Final = re.compile(
    r"^(?:export )?(?:async )?(?:function|const|let|class) ([A-Za-z_$][\w$]*)", re.MULTILINE
)
SVG_BODY: Final = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class AssetError(Exception):
    """A source of the interface is missing or contradicts another; the message names it."""


def build_assets(target: Path) -> None:
    """Make every asset and its manifest under ``target``; does nothing when they are already up to date.

    Raises:
        AssetError: A wheel lacks a file that the interface needs, or two script modules share a name.
    """
    fingerprint = _fingerprint()
    if _is_current(target, fingerprint):
        return
    target.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    files["htmx.js"] = _write(target, "htmx.js", _from_wheel("django-js-lib-htmx", "htmx.min.js"))
    files["icons.svg"] = _write(target, "icons.svg", make_sprite(ICONS))
    for name, (source, ranges) in FONTS.items():
        font = _from_wheel("fontpkg-ibm-plex-sans-arabic", source)
        files[name] = _write(target, name, subset_font(font, ranges))
    files["docflow.css"] = _write(target, "docflow.css", join_styles(SOURCES / "css", files))
    files["site.css"] = _write(target, "site.css", join_styles(SOURCES / "css" / "site", files))
    files["docflow.js"] = _write(target, "docflow.js", join_modules(SOURCES / "js"))
    files["passkeys.js"] = _write(target, "passkeys.js", join_modules(SOURCES / "js" / "passkeys"))
    manifest = json.dumps({"fingerprint": fingerprint, "files": files}, indent=1, sort_keys=True)
    kept = {MANIFEST_NAME, *files.values(), *(f"{name}.gz" for name in files.values() if is_compressed(name))}
    temporary = target / f"{MANIFEST_NAME}.new"
    temporary.write_text(manifest, encoding="utf-8")
    temporary.replace(target / MANIFEST_NAME)
    for path in target.iterdir():
        if path.is_file() and path.name not in kept:
            path.unlink()


def read_manifest(target: Path) -> dict[str, str]:
    """Return the hashed file name of each asset under ``target``.

    Raises:
        AssetError: The assets were not built.
    """
    try:
        manifest = json.loads((target / MANIFEST_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise AssetError(f"no assets under {target}: run `docflow assets build`") from error
    files: dict[str, str] = manifest["files"]
    return files


def is_compressed(name: str) -> bool:
    """Return whether an asset also has a form compressed once and for all (``.gz``); fonts are already compressed."""
    return not name.endswith(".woff2")


def make_sprite(names: Iterable[str]) -> bytes:
    """Return one SVG file with a symbol for each named Lucide icon.

    Raises:
        AssetError: The wheel has no icon of that name.
    """
    symbols = []
    with zipfile.ZipFile(io.BytesIO(_from_wheel("lucide", "lucide.zip"))) as archive:
        by_name = {Path(entry).stem: entry for entry in sorted(archive.namelist()) if entry.endswith(".svg")}
        for name in names:
            if name not in by_name:
                raise AssetError(f"the Lucide wheel has no icon {name!r}")
            body = SVG_BODY.search(archive.read(by_name[name]).decode("utf-8"))
            if body is None:
                raise AssetError(f"the Lucide icon {name!r} is not an SVG file")
            drawing = re.sub(r"\s*\n\s*", "", body.group(1)).replace(" />", "/>")
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()


def subset_font(font: bytes, ranges: Iterable[tuple[int, int]]) -> bytes:
    """Return the WOFF2 font that keeps only the code points of ``ranges`` (both ends included)."""
    # Only a build needs the font tools; every start of a site or a worker would pay for loading them.
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(flavor="woff2", hinting=False, desubroutinize=True)
    options.layout_features = [*options.layout_features, "tnum", "lnum"]
    options.name_IDs = [1, 2]
    options.drop_tables = [*options.drop_tables, "meta"]
    options.notdef_outline = True
    # The stamp of the time of making would give the same font another hash at each build.
    options.recalc_timestamp = False
    loaded = TTFont(io.BytesIO(font), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(loaded)
    loaded.flavor = "woff2"
    out = io.BytesIO()
    loaded.save(out)
    return out.getvalue()


def join_styles(folder: Path, files: Mapping[str, str]) -> bytes:
    """Return the sheets of a folder as one, in the order of their names, asset names replaced by hashed ones.

    What only the public site shows is a sheet of its own, beside the one that every page has.
    """
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.css")))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\n\s*", "\n", text).strip()
    return re.sub(r'url\("([^":]+)"\)', lambda match: f'url("{files[match.group(1)]}")', text).encode()


def join_modules(folder: Path) -> bytes:
    """Return the modules of ``folder`` as one ES module, each after those it imports.

    One file instead of eight saves seven requests. Modules share one scope then, so their top-level names must differ.

    Raises:
        AssetError: Two modules declare the same top-level name.
    """
    ordered: list[str] = []
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js"))}

    def visit(name: str) -> None:
        if name in ordered:
            return
        for imported in MODULE_IMPORT.findall(texts[name]):
            visit(imported)
        ordered.append(name)

    visit("main")
    owners: dict[str, str] = {}
    parts = []
    for name in ordered:
        for declared in MODULE_NAME.findall(texts[name]):
            if owners.setdefault(declared, name) != name:
                raise AssetError(f"the script modules {owners[declared]} and {name} both declare {declared!r}")
        parts.append(_strip_module(texts[name]))
    return "\n".join(parts).encode()


def _strip_module(text: str) -> str:
    """Drop imports, the word ``export``, whole-line comments and indentation."""
    text = MODULE_IMPORT.sub("", text)
    text = re.sub(r"^export ", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\s*(?://|/\*\*|\*/|\* |\*$).*\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^\s+", "", text, flags=re.MULTILINE)


def _from_wheel(distribution: str, file_name: str) -> bytes:
    """Return a file of an installed wheel.

    Raises:
        AssetError: The wheel is not installed or has no such file.
    """
    try:
        entries = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise AssetError(f"the wheel {distribution} is not installed") from error
    for entry in entries:
        if entry.name == file_name:
            return Path(str(entry.locate())).read_bytes()
    raise AssetError(f"the wheel {distribution} has no file {file_name}")


def _fingerprint() -> str:
    """Return what the bytes of the assets depend on, as one hash."""
    digest = hashlib.sha256(RECIPE.encode())
    for distribution in DISTRIBUTIONS:
        digest.update(f"{distribution}={importlib.metadata.version(distribution)}\n".encode())
    digest.update(repr((ICONS, FONTS)).encode())
    for path in sorted([*(SOURCES / "css").rglob("*.css"), *(SOURCES / "js").rglob("*.js")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_current(target: Path, fingerprint: str) -> bool:
    """Return whether the manifest was made from these sources and all its files are there."""
    try:
        manifest = json.loads((target / MANIFEST_NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return manifest.get("fingerprint") == fingerprint and all(
        (target / name).is_file() for name in manifest["files"].values()
    )


def _write(target: Path, name: str, content: bytes) -> str:
    """Write an asset under a name with the hash of its content, which is returned."""
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
    forms = {hashed: content}
    if is_compressed(name):
        forms[f"{hashed}.gz"] = gzip.compress(content, compresslevel=9, mtime=0)
    for form_name, form in forms.items():
        temporary = target / f"{form_name}.new"
        temporary.write_bytes(form)
        temporary.replace(target / form_name)
    return hashed
