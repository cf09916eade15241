"""What no page and no style may hold, and that both catalogues are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docflow.web import catalogues
from docflow.web.icons import ICONS, MIRRORED_ICONS

ROOT = Path(__file__).parent.parent.parent / "docflow"
TEMPLATES = sorted(ROOT.rglob("templates/**/*.html"))
STYLES = sorted((ROOT / "web" / "static" / "css").rglob("*.css"))

PHYSICAL = re.compile(
    r"(?<![\w-])(?:margin|padding|border|inset|float|clear|text-align|scroll-margin|scroll-padding)?-?(?:left|right)(?![\w-])\s*[:;]"
    r"|:\s*(?:left|right)\s*[;}]|(?<![\w-])(?:width|height|min-width|max-width|min-height|max-height|top|bottom)\s*:"
)  # fmt: skip
ALLOWED_MARK = "/* physical"
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
ATTRIBUTES = re.compile(
    r"\{%-? set \w+ %\}.*?\{% endset %\}|\{% block (?:\w+_class|form_attributes) %\}.*?\{% endblock %\}", re.DOTALL
)
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
NOT_SHOWN = re.compile(r"<(script|style|svg|kbd)\b.*?</\1>", re.DOTALL)
SHOWN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-label)="([^"]*)"')
TAG = re.compile(r"<[^>]*>")
LETTERS = re.compile(r"[A-Za-zÀ-ÿ\u0600-\u06ff]{2,}")
NAMES_IN_ANY_LANGUAGE = {"PDF", "QR", "DocFlow", "CIN"}
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTORS = re.compile(r"(?:^|[{};])\s*([^{}@;]+)\{")
LAYOUTS = "50-layouts.css"
"""Says how parts of every other sheet stand in the layouts of pages and screens."""


def test_no_two_style_sheets_mean_different_things_by_one_class():
    # The sheets are one file in the browser: a second meaning changes pages that nobody looked at.
    owners: dict[str, str] = {}
    for style in STYLES:
        text = CSS_COMMENT.sub("", style.read_text(encoding="utf-8"))
        alone = {part.strip() for found in SELECTORS.findall(text) for part in found.split(",")}
        for name in {part for part in alone if re.fullmatch(r"\.[a-z][\w-]*", part)} if style.name != LAYOUTS else ():
            assert owners.setdefault(name, style.name) == style.name, f"{name} of {owners[name]} again in {style.name}"


def shown_path(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", STYLES, ids=shown_path)
def test_styles_use_logical_properties_only(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    found = [line.strip() for line in lines if ALLOWED_MARK not in line and PHYSICAL.search(_declarations(line))]

    assert found == []


def _declarations(line: str) -> str:
    """Return what is between braces: media queries speak of the window, whose width is physical."""
    return "" if line.lstrip().startswith("@media") else line


@pytest.mark.parametrize("path", TEMPLATES, ids=shown_path)
def test_templates_hold_no_style_no_handler_and_no_physical_side(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))

    assert not re.search(r'\sstyle="', text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert not re.search(r'\bclass="[^"]*\b(?:left|right)\b', text)
    assert not re.search(r'\b(?:align|text-anchor)="(?:left|right)"', text)


@pytest.mark.parametrize("path", TEMPLATES, ids=shown_path)
def test_templates_show_no_sentence_that_is_not_translated(path: Path) -> None:
    text = ATTRIBUTES.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))
    bare = TAG.sub(" ", NOT_SHOWN.sub(" ", CODE.sub(" ", text)))
    attributes = " ".join(CODE.sub(" ", value) for value in SHOWN_ATTRIBUTE.findall(CODE.sub(" ", text)))

    words = set(LETTERS.findall(bare)) | set(LETTERS.findall(attributes))

    assert words <= NAMES_IN_ANY_LANGUAGE


@pytest.mark.parametrize("path", TEMPLATES, ids=shown_path)
def test_forms_that_post_carry_the_token(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))

    for form in re.findall(r'<form\b[^>]*\bmethod="post".*?</form>', text, re.DOTALL):
        assert "csrf" in form


def test_both_catalogues_are_complete() -> None:
    assert list(catalogues.problems()) == []


def test_arabic_has_six_plural_forms_and_french_two() -> None:
    assert catalogues.read_catalogue("ar").num_plurals == 6
    assert catalogues.read_catalogue("fr").num_plurals == 2


def test_the_lint_of_catalogues_sees_what_is_wrong() -> None:
    catalogue = catalogues.Catalog(locale="ar")
    empty = catalogue.add("Send", "")
    wrong = catalogue.add("%(num)s page of %(name)s", "صفحة %(nom)s")
    few = catalogue.add(("%(num)s page", "%(num)s pages"), ("صفحة", "صفحتان"))

    faults = [list(catalogues.faults_of(message, 6)) for message in (empty, wrong, few)]

    assert [len(found) for found in faults] == [1, 1, 1]


def test_only_icons_of_the_sprite_are_mirrored() -> None:
    assert set(ICONS) >= MIRRORED_ICONS


def test_the_lint_of_styles_sees_a_physical_side() -> None:
    assert PHYSICAL.search("a { margin-left: 1px; }")
    assert PHYSICAL.search("a { text-align: right; }")
    assert PHYSICAL.search("a { left: 0; }")
    assert PHYSICAL.search("a { width: 1px; }")
    assert not PHYSICAL.search("a { inset-inline-start: 0; inline-size: 1px; border-inline: 0; }")
