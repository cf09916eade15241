"""Measure stamp, seal and verification: ``python -m benchmarks.seal [--documents N] [--seed S]``.

Letters are made up from a seed: one A4 page each, a scan of 300 dpi or a page of text, in turn. They are stamped and
sealed
with the registry's own key (EC P-256, B-B) and verified, by the sealing process itself. One JSON line is printed:
processor seconds of the forks and of the parent, wall seconds, growth of the files and memory of the warm process.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pikepdf
import psutil
from PIL import Image

from docflow.settings import Settings
from docflow.stamping.adapters.pades import PadesSealer
from docflow.stamping.adapters.workshop import Workshop
from docflow.stamping.keys import local_keys
from docflow.stamping.ports import SealRequest
from docflow.stamping.rules import StampDesign, StampFace, StampKind

DESIGN = StampDesign(name_ar="مقاطعة الحي الحسني", name_fr="Arrondissement Hay Hassani")
AT = datetime(2026, 7, 2, 9, 0, tzinfo=UTC)
WARM_UP = 5


def scanned(generator: random.Random) -> bytes:
    """A grey page of 300 dpi with lines of ink and the noise of paper, as a JPEG in a PDF."""
    levels = np.random.default_rng(generator.randrange(2**32)).normal(244, 3, (3508, 2480)).clip(0, 255)
    for top in range(700, 3000, 90):
        right = 2200 - generator.randrange(600)
        levels[top : top + 34, 260:right:7] = 40
    picture = io.BytesIO()
    Image.fromarray(levels.astype(np.uint8)).save(picture, "JPEG", quality=70)
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    image = made.make_stream(picture.getvalue())
    image.Type, image.Subtype, image.Filter = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DCTDecode
    image.Width, image.Height, image.ColorSpace, image.BitsPerComponent = 2480, 3508, pikepdf.Name.DeviceGray, 8
    made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    made.pages[0].Contents = made.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")
    return saved(made)


def typed(generator: random.Random) -> bytes:
    """A page of text."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    made.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    lines = [f"1 0 0 1 70 {680 - 16 * at} Tm (Letter line {generator.randrange(10**9)}) Tj" for at in range(30)]
    made.pages[0].Contents = made.make_stream(("BT /F1 11 Tf " + " ".join(lines) + " ET").encode())
    return saved(made)


def saved(made: pikepdf.Pdf) -> bytes:
    """The bytes of a file."""
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def face(number: int) -> StampFace:
    """What the stamp of a letter says."""
    return StampFace(
        kind=StampKind.ARRIVAL,
        register_number=f"A-2026-{number:06d}",
        at=AT,
        unit_ar="مصلحة الشؤون القانونية والمنازعات",
        unit_fr="Service des affaires juridiques et du contentieux",
        verification_url=f"https://courrier.example.ma/v/A-2026-{number:06d}/7KQ2M9XPWD4T",
    )


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """The middle and the slow end of some milliseconds."""
    ordered = sorted(values)
    return {
        "p50_ms": round(ordered[len(ordered) // 2], 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
    }


def measured(folder: Path, *, documents: int, seed: int) -> dict[str, object]:
    """Stamp, seal and verify so many letters."""
    generator = random.Random(seed)
    settings = Settings(home=folder)
    workshop = Workshop()
    sealer = PadesSealer(settings, local_keys(settings), workshop)
    letters = [(scanned if at % 2 else typed)(generator) for at in range(documents)]
    sealing, verifying, growth, wall = [], [], [], []
    for at in range(-WARM_UP, documents):
        source, out = folder / "source.pdf", folder / "sealed.pdf"
        source.write_bytes(letters[at])
        own = time.process_time()
        started = time.perf_counter()
        sealed = sealer.seal(SealRequest(source, out, face(at + WARM_UP), DESIGN, "letter.pdf", AT))
        wall_s, own_s = time.perf_counter() - started, time.process_time() - own
        own = time.process_time()
        examination = sealer.examine(out, at=AT)
        examined_own_s = time.process_time() - own
        if at < 0:
            continue
        assert examination.signatures[0].report.intact
        sealing.append(1000 * (sealed.cpu_s + own_s))
        verifying.append(1000 * (examination.cpu_s + examined_own_s))
        wall.append(1000 * wall_s)
        growth.append(out.stat().st_size - len(letters[at]))
    warm = psutil.Process(workshop.process_id or 0)
    answer = {
        "documents": documents,
        "seal_cpu": quantiles(sealing),
        "seal_wall": quantiles(wall),
        "verify_cpu": quantiles(verifying),
        "growth_bytes": {"mean": round(sum(growth) / len(growth)), "most": max(growth)},
        "warm_rss_bytes": warm.memory_info().rss,
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    sealer.close()
    return answer


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docflow-seal-bench-") as folder:
        print(json.dumps(measured(Path(folder), documents=options.documents, seed=options.seed)))


if __name__ == "__main__":
    main()
