"""What the build of the interface makes."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from docflow.web import assets


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("built")
    assets.build_assets(target)
    return target


def test_a_second_build_touches_nothing(built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.iterdir()}

    assets.build_assets(built)

    assert {path: path.stat().st_mtime_ns for path in built.iterdir()} == before


def test_a_lost_file_is_made_again_under_the_same_name_and_strangers_are_removed(built: Path) -> None:
    files = assets.read_manifest(built)
    (built / files["icons.svg"]).unlink()
    (built / "docflow.000000000000.css").write_text("old", encoding="utf-8")

    assets.build_assets(built)

    assert assets.read_manifest(built) == files
    assert (built / files["icons.svg"]).is_file()
    assert not (built / "docflow.000000000000.css").exists()


def test_every_file_named_by_the_stylesheet_exists(built: Path) -> None:
    files = assets.read_manifest(built)
    style = (built / files["docflow.css"]).read_text(encoding="utf-8")

    assert all(f'url("{files[name]}")' in style for name in assets.FONTS)


def test_the_fonts_hold_their_script_and_its_shaping(built: Path) -> None:
    files = assets.read_manifest(built)
    arabic = TTFont(built / files["plex-ar-400.woff2"])
    latin = TTFont(built / files["plex-la-600.woff2"])

    assert {ord(character) for character in "شكايةإآؤئىپگ،؟"} <= set(arabic.getBestCmap())
    assert {ord(character) for character in "éèêçœÉ«»’0123456789€"} <= set(latin.getBestCmap())
    features = {record.FeatureTag for record in arabic["GSUB"].table.FeatureList.FeatureRecord}
    assert {"init", "medi", "fina"} <= features


def test_the_stylesheet_asks_for_a_font_where_it_has_letters_and_nowhere_else() -> None:
    """A letter outside of them is left to the fonts of the system, instead of an empty box."""
    style = (assets.SOURCES / "css" / "10-base.css").read_text(encoding="utf-8")
    named = dict(re.findall(r'url\("(plex-[^"]+)"\).*?unicode-range: ([^;]+);', style))
    for name, (_, ranges) in assets.FONTS.items():
        asked = [f"U+{first:04X}" + (f"-{last:04X}" if last != first else "") for first, last in ranges]
        assert named[name].replace("U+0000-", "U+0020-").split(", ") == asked, name


def test_scripts_styles_and_fonts_keep_to_their_budget(built: Path) -> None:
    files = assets.read_manifest(built)
    zipped = {name: len(gzip.compress((built / file).read_bytes())) for name, file in files.items()}

    assert zipped["docflow.js"] <= 9_200
    assert zipped["docflow.js"] + zipped["htmx.js"] <= 30_000
    assert zipped["passkeys.js"] <= 1_500
    assert zipped["docflow.css"] <= 14_500
    assert zipped["site.css"] <= 3_000
    assert sum(size for name, size in zipped.items() if name.endswith(".woff2")) <= 60_000
    assert sum(zipped.values()) <= 105_000


def test_an_icon_that_the_wheel_lacks_stops_the_build() -> None:
    with pytest.raises(assets.AssetError, match="no-such-icon"):
        assets.make_sprite(["check", "no-such-icon"])


def test_modules_come_after_those_they_import_and_lose_their_imports(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text('import { b } from "./other.js";\n\nb();\n', encoding="utf-8")
    (tmp_path / "other.js").write_text("// Why.\nexport const b = () => 1;\n", encoding="utf-8")

    assert assets.join_modules(tmp_path).decode().split() == ["const", "b", "=", "()", "=>", "1;", "b();"]


def test_two_modules_with_the_same_name_stop_the_build(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text('import { b } from "./other.js";\nconst c = 1;\n', encoding="utf-8")
    (tmp_path / "other.js").write_text("export const b = 2;\nconst c = 3;\n", encoding="utf-8")

    with pytest.raises(assets.AssetError, match="'c'"):
        assets.join_modules(tmp_path)


def test_assets_that_were_not_built_are_asked_for_by_name(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetError, match="assets build"):
        assets.read_manifest(tmp_path)
