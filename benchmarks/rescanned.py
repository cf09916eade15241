"""Second scans, measured: each scan of a folder is scanned again by a worse machine, read, and compared with all.

``python benchmarks/rescanned.py [FOLDER]`` takes its PDFs; those of ``tests/golden/scans`` when none is named.
"""

from __future__ import annotations

import io
import itertools
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageFilter

from docflow.search.likeness import LEAST_BANDS, LIKE, likeness, signature

_DPI = 200
_SEED = 7


def main() -> None:
    """Print one JSON object."""
    scans = sorted(Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/scans").glob("*.pdf"))
    with tempfile.TemporaryDirectory() as place:
        again = [_scanned_again(scan, Path(place)) for scan in scans]
        first, second = _texts(scans), _texts(again)
    print(json.dumps(measured(first, second), indent=2))


def measured(first: Mapping[str, Sequence[str]], second: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Compare every text with every other; the same name in both is the same letter."""
    texts = {(name, turn): pages for turn, found in enumerate((first, second)) for name, pages in found.items()}
    bands = {key: set(signature(pages)) for key, pages in texts.items()}
    same, others = [], []
    for one, other in itertools.combinations(texts, 2):
        compared = (likeness(texts[one], texts[other]).share, len(bands[one] & bands[other]))
        (same if one[0] == other[0] else others).append(compared)
    return {
        "letters": len(same),
        "told": sum(share >= LIKE and shared >= LEAST_BANDS for share, shared in same),
        "least_alike": min(share for share, _ in same),
        "fewest_bands": min(shared for _, shared in same),
        "pairs_of_others": len(others),
        "told_wrongly": sum(share >= LIKE and shared >= LEAST_BANDS for share, shared in others),
        "others_compared": sum(shared >= LEAST_BANDS for _, shared in others),
        "others_most_alike": max(share for share, _ in others),
    }


def _scanned_again(scan: Path, folder: Path) -> Path:
    """Turn each page a little, blur it, add noise and the losses of a small file."""
    chance = random.Random(f"{_SEED}{scan.name}")
    pages = [_worse(page.render(scale=_DPI / 72).to_pil(), chance) for page in pdfium.PdfDocument(scan)]
    out = folder / scan.name
    pages[0].save(out, resolution=_DPI, save_all=True, append_images=pages[1:])
    return out


def _worse(page: Image.Image, chance: random.Random) -> Image.Image:
    turned = page.convert("L").rotate(chance.uniform(-1.5, 1.5), fillcolor=250, resample=Image.Resampling.BICUBIC)
    blurred = turned.filter(ImageFilter.GaussianBlur(0.6))
    noise = np.random.default_rng(_SEED).normal(0, 10, (blurred.height, blurred.width))
    grey = np.asarray(blurred).astype(float) * chance.uniform(0.9, 1.0) + noise
    small = io.BytesIO()
    Image.fromarray(grey.clip(0, 255).astype("uint8")).save(small, "JPEG", quality=45)
    return Image.open(small)


def _texts(files: Sequence[Path]) -> dict[str, list[str]]:
    command = [Path(sys.executable).parent / "docflow", "read", *map(str, files), "--json"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    return {Path(line["file"]).name: [page["text"] for page in line["pages"]] for line in lines if line.get("pages")}


if __name__ == "__main__":
    main()
