"""The administration's identity: said once, on every page and paper from then on."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest
from PIL import Image

from docflow.core.errors import Conflict, InvalidInput, PermissionDenied
from docflow.core.words import Words
from docflow.district.forms import read_emblem
from docflow.district.operations import keep_identity
from docflow.district.queries import KnownDistrict, identity_of
from docflow.district.rules import DistrictKind, Identity
from docflow.drafting.letter_drawing import Letter, draw_letter
from docflow.drafting.rules import Content
from tests.conftest import actor
from tests.factories.sessions import signed_in_client, token_of

SAID = Identity(
    DistrictKind.COMMUNE,
    Words("جماعة عين حرودة", "Commune d'Aïn Harrouda"),
    above=Words("المملكة المغربية\nعمالة المحمدية", "Royaume du Maroc\nPréfecture de Mohammédia"),
    foot=Words("شارع الحسن الثاني", "Avenue Hassan II"),
)


def keep(runtime, identity, *, by="admin", version=1):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return keep_identity(uow, identity, expected_version=version)


def png(mode="RGBA", size=(40, 30)):
    made = io.BytesIO()
    Image.new(mode, size, "red").save(made, "PNG")
    return made.getvalue()


def test_what_is_said_is_tidied_kept_and_on_every_page_at_once(runtime):
    kept = keep(runtime, replace(SAID, name=Words("  جماعة   عين حرودة ", SAID.name.fr)))
    runtime.district.forget()

    with runtime.transactions.reading() as session:
        assert identity_of(session) == kept == replace(SAID, version=2)
    assert "عين حرودة" in signed_in_client(runtime, "clerk").get("/").get_data(as_text=True)
    assert KnownDistrict(runtime.transactions).name == SAID.name


def test_the_second_of_two_administrators_is_told_and_nobody_else_may(runtime):
    keep(runtime, SAID)
    with pytest.raises(Conflict, match="district_changed"):
        keep(runtime, SAID, version=1)
    with pytest.raises(PermissionDenied):
        keep(runtime, SAID, by="director", version=2)


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"name": Words(" ", "Commune")}, "district_name_missing", "name_ar"),
        ({"name": Words("جماعة", "x" * 121)}, "field_too_long", "name_fr"),
        ({"above": Words("a\nb\nc\nd\ne\nf", "")}, "letterhead_too_long", "above_ar"),
        ({"foot": Words("", "x" * 91)}, "letterhead_too_long", "foot_fr"),
    ],
)
def test_what_does_not_fit_on_a_paper_is_refused_at_its_field(wrong, code, field):
    with pytest.raises(InvalidInput, match=code) as refusal:
        replace(SAID, **wrong).checked()
    assert refusal.value.params["field"] == field


def test_a_coat_of_arms_is_kept_without_transparency_and_what_is_no_picture_is_refused():
    with Image.open(io.BytesIO(read_emblem(io.BytesIO(png(size=(2000, 1000)))))) as kept:
        assert (kept.format, kept.mode, max(kept.size)) == ("PNG", "RGB", 600)
    for content in (b"", b"\x89PNG\r\n\x1a\nnothing", b"<svg/>", png()[:60]):
        with pytest.raises(InvalidInput, match="emblem_invalid"):
            read_emblem(io.BytesIO(content))


def test_a_letter_bears_the_head_the_coat_of_arms_and_the_foot():
    head = replace(SAID, emblem=read_emblem(io.BytesIO(png()))).letterhead
    content = Content(languages="fr", subject_fr="Objet", addressee_fr="Monsieur", body_fr="Texte.")

    plain, _ = draw_letter(Letter(SAID.letterhead, Words("", "Service"), content))
    drawn, _ = draw_letter(Letter(head, Words("", "Service"), content))

    text = " ".join(pypdf.PdfReader(io.BytesIO(drawn)).pages[0].extract_text().split())
    for said in (
        "Royaume du Maroc",
        "Préfecture de Mohammédia",
        "Commune d'Aïn Harrouda",
        "Service",
        "Avenue Hassan II",
    ):
        assert said in text
    assert drawn.count(b"/Image") > plain.count(b"/Image")


def test_the_page_keeps_what_was_typed_when_it_is_refused_and_shows_the_head(sqlite_runtime):
    admin = signed_in_client(sqlite_runtime, "admin")
    fields = {
        "csrf_token": token_of(admin), "version": "1", "kind": "commune", "name_ar": "جماعة عين حرودة",
        "name_fr": "", "above_fr": "Royaume du Maroc", "foot_fr": "Avenue Hassan II",
    }  # fmt: skip

    refused = admin.post("/admin/identity", data=fields)
    shown = admin.post("/admin/identity/preview", data={**fields, "name_fr": "Commune <b>"}).get_data(as_text=True)
    sent = {**fields, "name_fr": "Commune d'Aïn Harrouda", "emblem": (io.BytesIO(png()), "a.png")}
    kept = admin.post("/admin/identity", data=sent)
    page = admin.get("/admin/identity").get_data(as_text=True)

    assert refused.status_code == 422
    assert "Avenue Hassan II" in refused.get_data(as_text=True)
    assert "Commune &lt;b&gt;" in shown
    assert kept.status_code == 303
    assert "data:image/png;base64," in page
    assert "Aïn Harrouda" in page
    assert signed_in_client(sqlite_runtime, "director").get("/admin/identity").status_code == 403
