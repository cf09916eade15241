"""Make the model for Arabic letters: ``python -m benchmarks.train_letters FOLDER_OF_FONTS…``.

Debian's model for Arabic, given the signs it lacks, goes on learning from lines that ``letter_lines.py`` draws in the
fonts of the folders, with Tesseract's own ``lstmtraining``. Two processes learn from different lines, and what they
learnt is averaged, three times, with smaller and smaller steps. Needs the libraries of ``requirements-training.txt``.
Prints how many letters are read wrongly on lines that were not trained on, before and after. The same fonts and the
same seeds give the same lines.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from benchmarks.catalogue_texts import catalogue_texts
from benchmarks.engine_network import EngineNetwork, averaged, text_packed
from benchmarks.letter_lines import ADDED_SIGNS, FACES, LATIN_FACES, Line, Vocabulary, drawn_line
from docflow.ocr.adapters.tesseract import ARABIC_MODEL

SEED = 20_262
BASE = "ara"
RUNS = 2
ROUNDS = ((5e-4, 8_000), (3e-4, 9_000), (1e-4, 8_000))
"""Steps of Adam, and how many lines each run learns from in a round."""
LINES_OF_FILE, TESTED_FILES = 500, 2
WIDEST_PX = 3_000
PLACEHOLDER = re.compile(r"%\([^)]*\)[sd]|\{[^}]*\}|%[sd]")
ARABIC_WORD = re.compile(r"[\u0621-\u063a\u0641-\u064b]+")
ARABIC_PART = re.compile(r"[«(]?[\u0621-\u063a\u0641-\u064b\u064f\u0651]+[»)]?[.:،؛؟]?|\d+|–|[A-Za-z]+")
FRENCH_WORD = re.compile(r"[A-Za-zéèêàâçîôûù'-]{2,}")
OF_COMMON, OF_LATIN, OF_ARABIC = "Common", "Latin", "Arabic"


def main(folders: Sequence[str]) -> None:
    """Draw, train, report and write."""
    found = {path.stem: path for folder in folders for path in sorted(Path(folder).rglob("*.[ot]tf"))}
    fonts = {
        name: found[name] for name in {*FACES, *(name for faces in LATIN_FACES for name in faces)} if name in found
    }
    print(f"typefaces: {', '.join(name for name in FACES if name in fonts)}", flush=True)
    with TemporaryDirectory() as folder:
        model = _Model(Path(folder))
        tested = _drawn(fonts, model, "tested", seed=(SEED, len(ROUNDS), 0), files=TESTED_FILES)
        network = EngineNetwork.load(model.part("lstm").read_bytes())
        print(f"Debian's model, without the signs it lacks: {model.report(network, tested)}", flush=True)
        network = network.with_more_outputs(len(ADDED_SIGNS), seed=SEED)
        model.add_signs(ADDED_SIGNS)
        for number, (rate, lines) in enumerate(ROUNDS):
            # lstmtraining begins anew with the first of its lines whenever it goes on from an averaged network.
            lists = [
                _drawn(fonts, model, f"{number}-{run}", seed=(SEED, number, run), files=-(-lines // LINES_OF_FILE))
                for run in range(RUNS)
            ]
            with ThreadPoolExecutor(RUNS) as pool:
                learnt = pool.map(model.trained, [network] * RUNS, lists, [rate] * RUNS, [lines] * RUNS)
                network = averaged(list(learnt))
            print(f"after {lines} lines each, steps of {rate}: {model.report(network, tested)}", flush=True)
            model.write(network, ARABIC_MODEL)


class _Model:
    """The parts of a model in a folder, and Tesseract's programs that work on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        models = _printed("tesseract", "--list-langs").splitlines()[0].split('"')[1]
        _printed("combine_tessdata", "-u", f"{models}/{BASE}.traineddata", f"{folder}/{BASE}.")
        words = folder / "words"
        _printed("dawg2wordlist", str(self.part("lstm-unicharset")), str(self.part("lstm-word-dawg")), str(words))
        self.words = [word for word in words.read_text("utf-8").split() if ARABIC_WORD.fullmatch(word)]

    def part(self, name: str) -> Path:
        """Return the file of a part: ``lstm``, ``lstm-unicharset``, ``lstm-recoder``."""
        return self.folder / f"{BASE}.{name}"

    def signs(self) -> frozenset[str]:
        """Return the signs it can spell, a space besides."""
        _, *rows = self.part("lstm-unicharset").read_text("utf-8").splitlines()
        return frozenset(row.split(" ")[0] for row in rows)

    def add_signs(self, signs: str) -> None:
        """Let its signs go on with some more, and each have a code of its own."""
        count, *rows = self.part("lstm-unicharset").read_text("utf-8").splitlines()
        places = {sign: int(count) + index for index, sign in enumerate(signs)}
        rows += [_sign_row(sign, places) for sign in signs]
        self.part("lstm-unicharset").write_text("\n".join([str(len(rows)), *rows, ""]), "utf-8")
        codes = self.part("lstm-recoder").read_bytes()[4:] + b"".join(
            struct.pack("<bii", 1, 1, place) for place in places.values()
        )
        self.part("lstm-recoder").write_bytes(struct.pack("<I", len(rows)) + codes)

    def trained(self, network: EngineNetwork, lines: Path, rate: float, count: int) -> EngineNetwork:
        """Return the network after it learnt from so many lines of the files that a file lists."""
        folder = lines.with_suffix(".learnt")
        folder.mkdir()
        start, archive = folder / "start.lstm", self._archive(network, folder)
        start.write_bytes(network.packed())
        rates = ("--reset_learning_rate", "--learning_rate", str(rate), "--max_iterations", str(count))
        of_run = ("--traineddata", str(archive), "--model_output", f"{folder}/run")
        _printed("lstmtraining", "--continue_from", str(start), "--train_listfile", str(lines), *rates, *of_run)
        end = ("--traineddata", str(archive), "--model_output", f"{folder}/end.traineddata")
        _printed("lstmtraining", "--stop_training", "--continue_from", f"{folder}/run_checkpoint", *end)
        _printed("combine_tessdata", "-u", f"{folder}/end.traineddata", f"{folder}/end.")
        return EngineNetwork.load((folder / "end.lstm").read_bytes())

    def report(self, network: EngineNetwork, lines: Path) -> str:
        """Return what ``lstmeval`` says of a network on lines."""
        with TemporaryDirectory() as folder:
            archive = self._archive(network, Path(folder))
            printed = _printed("lstmeval", "--model", str(archive), "--eval_listfile", str(lines))
        return next(line for line in printed.splitlines() if line.startswith("BCER eval"))

    def write(self, network: EngineNetwork, path: Path) -> None:
        """Write the model with weights of eight bits, and without dictionaries."""
        folder = self.folder / "last"
        folder.mkdir(exist_ok=True)
        start = folder / "start.lstm"
        start.write_bytes(network.packed())
        of_run = ("--traineddata", str(self._archive(network, folder)), "--model_output", f"{folder}/last.traineddata")
        _printed("lstmtraining", "--stop_training", "--convert_to_int", "--continue_from", str(start), *of_run)
        shutil.copyfile(folder / "last.traineddata", path)

    def _archive(self, network: EngineNetwork, folder: Path) -> Path:
        """Return the file of the model, with this network and the signs, which Tesseract's programs read."""
        for name in ("lstm-unicharset", "lstm-recoder", "version"):
            shutil.copyfile(self.part(name), folder / f"model.{name}")
        (folder / "model.lstm").write_bytes(network.packed())
        _printed("combine_tessdata", f"{folder}/model.")
        return folder / "model.traineddata"


def _printed(*command: str) -> str:
    """Run one of Tesseract's programs on one processor and return what it printed."""
    done = subprocess.run(
        command, check=True, env={"PATH": "/usr/bin", "OMP_THREAD_LIMIT": "1"}, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout


def _sign_row(sign: str, places: dict[str, int]) -> str:
    """Return the row of a sign in the list of them: what it is, script, other case, direction, mirror."""
    place = places[sign]
    if sign.isdigit():
        kind, script, other, direction = "8", OF_ARABIC, place, 5
    elif sign.isalpha():
        kind, script, direction = ("5" if sign.isupper() else "3"), OF_LATIN, 0
        other = places.get(sign.swapcase(), place)
    else:
        kind, script, other, direction = "10", OF_COMMON, place, 6 if sign == "،" else 10
    return f"{sign} {kind} 0,255,0,255,0,0,0,0,0,0 {script} {other} {direction} {place} {sign}"


def _drawn(fonts: dict[str, Path], model: _Model, name: str, *, seed: tuple[int, ...], files: int) -> Path:
    """Draw files of lines of the signs that the model can spell; return the file that lists them."""
    folder = model.folder / name
    folder.mkdir()
    paths = [folder / f"{number:03}.lstmf" for number in range(files)]
    signs = model.signs()
    words = _vocabulary(tuple(model.words))
    with ProcessPoolExecutor(RUNS) as pool:
        list(pool.map(_draw_file, paths, [words] * files, [fonts] * files, [signs] * files, [seed] * files))
    listed = model.folder / f"{name}.list"
    listed.write_text("".join(f"{path}\n" for path in paths), "utf-8")
    return listed


def _draw_file(
    path: Path, words: Vocabulary, fonts: dict[str, Path], signs: frozenset[str], seed: tuple[int, ...]
) -> None:
    rng = np.random.default_rng((*seed, int(path.stem)))
    lines = _lines(rng, words, fonts, signs)
    pages = b"".join(_page(next(lines)) for _ in range(LINES_OF_FILE))
    path.write_bytes(struct.pack("<I", LINES_OF_FILE) + pages)


def _lines(
    rng: np.random.Generator, words: Vocabulary, fonts: dict[str, Path], signs: frozenset[str]
) -> Iterator[Line]:
    """Draw lines of nothing but some signs, for ever."""
    while True:
        line = drawn_line(rng, words, fonts)
        if line is not None and line.picture.shape[1] <= WIDEST_PX and set(line.seen) - {" "} <= signs:
            yield line


def _page(line: Line) -> bytes:
    """Return a line as ``lstmtraining`` reads it: a page of one box, its name, number, picture, language and text."""
    height, width = line.picture.shape
    _, picture = cv2.imencode(".png", line.picture)
    text = text_packed(line.seen.encode())
    parts = (
        b"\1",
        text_packed(b"") + struct.pack("<i", 0),
        text_packed(picture.tobytes()) + text_packed(BASE.encode()) + text,
        struct.pack("<I4h", 1, 0, 0, width, height) + struct.pack("<I", 1) + text,
        b"\0",
    )
    return b"".join(parts)


@cache
def _vocabulary(words: tuple[str, ...]) -> Vocabulary:
    sentences = [PLACEHOLDER.sub("", text).split() for text in catalogue_texts("ar")]
    return Vocabulary(
        [some for some in sentences if len(some) > 1 and all(ARABIC_PART.fullmatch(word) for word in some)],
        list(words),
        [word for text in catalogue_texts("fr") for word in FRENCH_WORD.findall(text)],
    )


if __name__ == "__main__":
    main(sys.argv[1:])
