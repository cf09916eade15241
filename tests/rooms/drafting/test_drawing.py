"""A letter on its sheets: PDF/A-2u, read back as it was written."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from docflow.core.errors import InvalidInput
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.documents.queries import page_texts
from docflow.drafting.acts import make_file
from docflow.drafting.letter_drawing import Letter, draw_letter
from docflow.pdf.conformance import obstacles
from docflow.registry.sheets import Sheet
from tests.conftest import deposit, run_jobs
from tests.factories.drafts import WHOLE, begun, written

HEAD = {
    "letterhead": Letterhead(Words("مقاطعة الحي الحسني", "Arrondissement Hay Hassani")),
    "unit": Words("مصلحة الأشغال", "Service des travaux"),
}


def test_an_act_is_pdf_a_and_its_words_are_read_back_in_order(runtime):
    made = make_file(runtime, written(runtime))
    with runtime.blob_store.open(made.blob.kind, made.blob.sha256) as stream:
        content = stream.read()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert obstacles(pdf) == []
        assert b"<pdfaid:part>" in bytes(pdf.Root.Metadata.read_bytes()) or b'pdfaid:part="2"' in bytes(
            pdf.Root.Metadata.read_bytes()
        )
    document = deposit(runtime, content)
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        arabic, french = page_texts(session, [document.id])[document.id]
    for words in ("جوابا على رسالتكم رقم 12/2026", "تغيير المصابيح", "السيد رئيس ودادية الأمل"):
        assert words in arabic
    for words in ("En réponse à votre lettre n° 12/2026", "Monsieur le président"):
        assert words in french


def test_a_long_letter_goes_on_over_numbered_pages():
    body = "\n\n".join(f"{number}. فقرة من نص طويل " + "كلمة " * 60 for number in range(1, 30))
    content, page_count = draw_letter(Letter(**HEAD, content=replace(WHOLE, languages="ar", body_ar=body)))
    assert page_count == len(pikepdf.open(io.BytesIO(content)).pages) > 2


def test_a_letter_that_never_ends_is_refused(runtime):
    draft = written(runtime, content=replace(WHOLE, languages="fr", body_fr="\n".join(["ligne"] * 3000)))
    with pytest.raises(InvalidInput) as refused:
        make_file(runtime, draft)
    assert refused.value.code == "draft_too_long"


def test_an_empty_draft_makes_no_act(runtime):
    with pytest.raises(InvalidInput):
        make_file(runtime, begun(runtime))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@example([("1", False), ("1" * 25, False)], False)
@given(
    st.lists(st.tuples(st.text(alphabet="abc سلام 12/(),.-*é", max_size=40), st.booleans()), max_size=6),
    st.booleans(),
)
def test_any_words_of_two_weights_are_wrapped_whole_and_drawn(runs, is_rtl):
    sheet = Sheet(title="x")
    sheet.add_page()
    lines = sheet.wrapped_weighted(runs, width=60, size_pt=12)
    for line in lines:
        sheet.write_weighted(line, x=10, y=10, width=60, size_pt=12, is_rtl=is_rtl)
        assert sum(sheet.width_of(text, size_pt=12, bold=bold) for text, bold in line) <= 62
    written_letters = "".join(text for line in lines for text, _ in line).replace(" ", "")
    assert written_letters == "".join(sheet.printable(text) for text, _ in runs).replace(" ", "")
    sheet.close()
