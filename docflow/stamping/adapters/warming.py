"""What the warm process does before it sees any file: it seals and examines a page of its own with a key of its own.

Libraries build most of what they need when it is first asked for; done here, no fork has to do it again. Somebody waits
for a signature: it can be rehearsed in a fork, so that the memory it writes to is the fork's own before it is asked.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf

from docflow.core.fork_server import LATER
from docflow.stamping.adapters import acts, examining, sealing
from docflow.stamping.keys import LocalKeys
from docflow.stamping.rules import SealLevel, SignatureFace, SignatureKind, StampDesign, StampFace, StampKind, Standing

AT = datetime(2026, 1, 1, tzinfo=UTC)
LETTERS = "أبجد هوز حطي كلمن سعفص قرشت ثخذ ضظغ"
FACE = StampFace(
    kind=StampKind.ARRIVAL,
    register_number="A-0123-456789",
    at=AT,
    unit_ar=LETTERS,
    unit_fr="Service des abcdefghijklmnopqrstuvwxyz",
    verification_url="https://example.org/v/A-0123-456789/ABCDEFGHJKLM",
)


@contextmanager
def warmed() -> Iterator[dict[str, Callable[[], object]]]:
    """Seal, examine and sign once; give what signs and checks once more, for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="docflow-warm-") as folder:
        keys = LocalKeys(Path(folder), institution=lambda: "Essai")
        key = keys.current(AT)
        source, out = Path(folder) / "page.pdf", Path(folder) / "sealed.pdf"
        source.write_bytes(_page())
        request = {
            "source": str(source),
            "out": str(out),
            "face": {**asdict(FACE), "at": AT.isoformat()},
            "design": StampDesign(name_ar=LETTERS, name_fr="Arrondissement").as_row(),
            "file_name": "page.pdf",
            "logo": None,
            "at": AT.isoformat(),
            "key": keys.spec(key),
            "level": SealLevel.BASIC,
            "time_stamp_url": "",
            "trusted": [str(key.authority_path)],
        }
        sealing.seal(request)
        examining.examine({**request, "source": str(out)})
        signature = _frozen_act(Path(folder), request)
        rehearsals: dict[str, Callable[[], object]] = {
            "sign_field": lambda: acts.sign_field(signature),
            "check_field": lambda: acts.check_field({"source": str(out)}),
        }
        for rehearse in rehearsals.values():
            rehearse()
        yield rehearsals


def _frozen_act(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Freeze the page as an act; return how it is signed with a key under a passphrase, as a person does."""
    keys = LocalKeys(folder / "of-a-person", institution=lambda: "Essai", passphrase=LETTERS)
    frozen = str(folder / "frozen.pdf")
    foreseen = [{"name": "Visa1", "label": LETTERS}]
    acts.freeze({**request, "out": frozen, "fields": foreseen, "departure_label": LETTERS})
    shown = SignatureFace(
        kind=SignatureKind.VISA,
        name_ar=LETTERS,
        name_fr="abcdefghijklmnopqrstuvwxyz",
        title_ar=LETTERS,
        title_fr="ABCDEFGHIJKLMNOPQRSTUVWXYZ éèêàçô'",
        at=AT,
        standing=Standing.DELEGATION,
        for_ar=LETTERS,
        for_fr="Président du conseil",
    )
    signed = {"source": frozen, "field": "Visa1", "signature": {**asdict(shown), "at": AT.isoformat()}}
    spec = keys.spec(keys.current(AT))
    key = {"face": None, "is_last": False, "key": {**spec, "kind": "person"}, LATER: lambda: spec}
    return {**request, **signed, **key}


def _page() -> bytes:
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    made.pages[0].Contents = made.make_stream(b"0 0 0 rg 100 100 200 200 re f")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
