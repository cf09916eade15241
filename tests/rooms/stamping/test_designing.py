"""The designer: only administrators, live pictures, versions that are kept, logos that are pictures."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from docflow.core.errors import Conflict, PermissionDenied
from docflow.stamping.designing import design_versions, keep_design
from docflow.stamping.operations import seal_arrival
from docflow.stamping.queries import current_design
from docflow.storage.rules import BlobKind
from tests.conftest import actor
from tests.factories.sessions import signed_in_client, token_of

from .faces import DESIGN, face
from .letters import letter

ADDRESS = "/admin/stamps"


@pytest.fixture
def staffed(sqlite_runtime):
    return sqlite_runtime


@pytest.fixture
def admin(staffed):
    return signed_in_client(staffed, "admin")


def posted(client, **said: object):
    values = {"csrf_token": token_of(client), "version": "0", "name_ar": "مقاطعة", "name_fr": "Arrondissement"}
    return client.post(ADDRESS, data=values | said, content_type="multipart/form-data")


def png(size: tuple[int, int] = (60, 40)) -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", size, (200, 30, 60)).save(content, "PNG")
    content.seek(0)
    return content


def design_of(runtime):
    with runtime.transactions.reading() as session:
        return current_design(session)


@pytest.mark.parametrize("username", ["clerk", "head", "auditor", "president"])
def test_only_an_administrator_sees_or_changes_the_design(staffed, username):
    client = signed_in_client(staffed, username)

    assert client.get(ADDRESS).status_code == 403
    assert client.get(f"{ADDRESS}/preview/arrival.png").status_code == 403
    assert client.post(ADDRESS, data={"csrf_token": token_of(client)}).status_code == 403


def test_the_operation_asks_for_the_right_as_well(staffed):
    with pytest.raises(PermissionDenied), staffed.transactions.writing(actor(staffed, "clerk")) as uow:
        keep_design(uow, DESIGN, expected_version=0)


def test_a_kept_design_is_what_the_next_stamps_look_like(staffed, admin):
    assert posted(admin, arrival_colour="#204020", width_mm="90", place="bottom_left").status_code == 302

    design = design_of(staffed)
    assert (design.arrival_colour, design.width_mm, design.place.value) == ("#204020", 90, "bottom_left")
    revision = seal_arrival(staffed, document_id=letter(staffed).id, face=face())
    assert revision.blob.size_bytes > 1000


def test_a_design_nobody_could_read_is_refused_and_the_form_keeps_what_was_said(staffed, admin):
    answer = posted(admin, arrival_colour="#ffee00", name_fr="Arrondissement Aïn Chock")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "#ffee00" in page
    assert "Arrondissement Aïn Chock" in page
    assert design_of(staffed).arrival_colour == "#1b3f8b"


def test_the_preview_follows_what_is_typed(admin):
    first = admin.get(f"{ADDRESS}/preview/arrival.png?without_logo=1").data
    second = admin.get(f"{ADDRESS}/preview/arrival.png?without_logo=1&name_fr=Ain+Sebaa").data

    assert first.startswith(b"\x89PNG")
    assert second.startswith(b"\x89PNG")
    assert first != second


def test_the_preview_of_what_cannot_be_drawn_says_why(admin):
    answer = admin.get(f"{ADDRESS}?name_fr=", headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "<html" not in answer.get_data(as_text=True)


def test_a_logo_is_kept_with_the_design_and_drawn(staffed, admin):
    before = admin.get(f"{ADDRESS}/preview/arrival.png").data

    assert posted(admin, logo=(png(), "logo.png")).status_code == 302

    sha256 = design_of(staffed).logo_sha256
    with staffed.blob_store.open(BlobKind.LOGO, sha256) as stream:
        assert stream.read() == png().read()
    assert admin.get(f"{ADDRESS}/preview/arrival.png").data != before
    assert seal_arrival(staffed, document_id=letter(staffed).id, face=face()).blob.size_bytes > 1000
    assert posted(admin, version="1", without_logo="1").status_code == 302
    assert design_of(staffed).logo_sha256 is None


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"<svg onload=alert(1)>", 422), (b"x" * 200_001, 422), (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, 422)],
)
def test_what_is_no_picture_is_no_logo(staffed, admin, content, code):
    assert posted(admin, logo=(io.BytesIO(content), "logo.png")).status_code == code
    assert design_of(staffed).logo_sha256 is None


def test_a_picture_of_very_many_points_is_no_logo(admin):
    content = io.BytesIO()
    Image.new("1", (9000, 9000)).save(content, "PNG")
    content.seek(0)

    assert posted(admin, logo=(content, "logo.png")).status_code == 422


def test_two_administrators_at_once_do_not_undo_each_other(staffed, admin):
    assert posted(admin).status_code == 302

    assert posted(admin, name_fr="Autre").status_code == 409

    with pytest.raises(Conflict), staffed.transactions.writing(actor(staffed, "admin")) as uow:
        keep_design(uow, DESIGN, expected_version=0)


def test_an_earlier_version_is_taken_back_as_the_newest(staffed, admin):
    posted(admin, name_fr="Premier")
    posted(admin, name_fr="Second", version="1")

    answer = admin.post(f"{ADDRESS}/versions/1", data={"csrf_token": token_of(admin), "version": "2"})

    assert answer.status_code == 302
    with staffed.transactions.reading() as session:
        versions = design_versions(session)
    assert [(item.version, item.design.name_fr) for item in versions] == [(3, "Premier"), (2, "Second"), (1, "Premier")]
    assert "Second" in admin.get(ADDRESS).get_data(as_text=True)


def test_a_version_that_never_was_is_refused(admin):
    answer = admin.post(f"{ADDRESS}/versions/9", data={"csrf_token": token_of(admin), "version": "0"})

    assert answer.status_code == 404
