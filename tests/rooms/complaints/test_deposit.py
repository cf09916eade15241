"""A citizen deposits a complaint page by page and has its number at once; it is a letter like any other then."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

import pillow_heif
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import func, select

from docflow.accounts.queries import OPERATOR
from docflow.allowances.rules import MOST_IN_WINDOW, Purpose
from docflow.audit.models import JournalEntry
from docflow.complaints.drafts import forget_drafts
from docflow.complaints.jobs import draw
from docflow.complaints.models import Complaint, ComplaintDraft, ComplaintPhoto
from docflow.complaints.operations import deposit_draft
from docflow.complaints.rules import ComplaintKind, Origin, contact_of, place_of, text_of
from docflow.complaints.setting_up import change_setup
from docflow.core.capability import JobContext
from docflow.core.errors import InvalidInput, ServerAway
from docflow.core.ids import new_id
from docflow.core.jobs import Job
from docflow.core.making import MakingState
from docflow.core.phones import phone_of
from docflow.documents.models import Document
from docflow.registry.models import Entry
from docflow.routing.queries import route_of
from docflow.stamping.queries import sealed_revision_of
from docflow.storage.models import Blob
from docflow.storage.rules import BlobKind
from tests.conftest import run_jobs
from tests.factories.complaints import (
    ANSWERS,
    answer_all,
    category_named,
    citizen,
    deposited_online,
    open_deposit,
    photo,
    post,
)
from tests.factories.documents import unit_id


@pytest.fixture
def house(sqlite_runtime):
    open_deposit(sqlite_runtime)
    return sqlite_runtime


def enclose(client, content, name="photo.jpg"):
    return post(client, "/complaints/new/photos", files=(io.BytesIO(content), name))


def counted(runtime, table):
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_deposit_has_number_unit_term_and_receipt_at_once_and_is_then_read_sealed_and_sent(runtime):
    open_deposit(runtime)
    client = citizen(runtime)
    complaint = deposited_online(runtime, client)
    with runtime.transactions.reading() as session:
        entry, document = session.get_one(Entry, complaint.entry_id), session.get_one(Document, complaint.document_id)
    receipt = client.get("/complaints/receipt").get_data(as_text=True)
    assert (entry.registered_by_name, entry.enclosure_count) == ("الموقع العمومي – site public", 0)
    assert document.unit_id == unit_id(runtime, "ECL")
    assert (complaint.kind, complaint.origin, complaint.phone) == ("complaint", Origin.ONLINE, "+212612345678")
    assert [text in receipt for text in (entry.label, entry.tracking_secret, "04/05/2026")] == [True] * 3
    assert client.get("/complaints/receipt.pdf").data.startswith(b"%PDF")
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        document = session.get_one(Document, complaint.document_id)
        tasks = route_of(session, complaint.document_id)
        sealed = sealed_revision_of(session, complaint.document_id)
    assert (document.state, document.subject) == ("ready", "الإنارة العمومية – زنقة 14، حي السلام")
    assert [(task.instruction, str(task.due_on)) for task in tasks] == [("attribution", "2026-05-04")]
    assert sealed is not None


def test_a_store_that_is_away_for_days_leaves_no_complaint_without_its_paper(runtime, clock, monkeypatch):
    open_deposit(runtime)
    complaint = deposited_online(runtime, citizen(runtime))

    def away(*_about, **_said):
        raise ServerAway("storage_unavailable", reason="no answer")

    monkeypatch.setattr(runtime.blob_store, "put", away)
    for _ in range(8):
        run_jobs(runtime)
        clock.move(hours=8)
    monkeypatch.undo()
    run_jobs(runtime)

    with runtime.transactions.reading() as session:
        assert sealed_revision_of(session, complaint.document_id) is not None


def test_a_long_text_takes_several_sheets_and_none_of_it_is_lost(house):
    client = citizen(house)
    words = " ".join(f"mot{number}" for number in range(640))
    complaint = deposited_online(house, client, text={"text": words})
    draw(house, {"document_id": str(complaint.document_id)}, JobContext(new_id(), 1, is_last_attempt=False))
    with house.transactions.reading() as session:
        document = session.get_one(Document, complaint.document_id)
    with house.blob_store.open(BlobKind.ORIGINAL, document.original_sha256) as stream:
        pages = pypdfium2.PdfDocument(stream.read())
    read = " ".join(page.get_textpage().get_text_range() for page in pages)
    assert len(pages) == document.page_count > 1
    assert set(words.split()) <= set(read.split())


def test_deposited_twice_it_is_one_complaint_and_the_receipt_is_shown_again(house):
    client = citizen(house)
    answer_all(house, client)
    secret = client.get_cookie("docflow_complaint", path="/complaints").value
    first = deposit_draft(house, secret, language="ar")
    assert deposit_draft(house, secret, language="ar").id == first.id
    assert post(client, "/complaints/new/review").headers["Location"].endswith("/complaints/receipt")
    assert counted(house, Complaint) == 1


def test_what_ends_in_the_middle_of_a_deposit_leaves_the_draft_and_takes_no_number(house, monkeypatch):
    client = citizen(house)
    answer_all(house, client)
    enclose(client, photo(size=(40, 40)))

    def ends(_complaint):
        raise KeyboardInterrupt

    monkeypatch.setattr("docflow.complaints.operations.receipt_job", ends)
    with pytest.raises(KeyboardInterrupt):
        post(client, "/complaints/new/review")
    monkeypatch.undo()
    assert (counted(house, Complaint), counted(house, Entry)) == (0, 0)
    post(client, "/complaints/new/review")
    with house.transactions.reading() as session:
        assert session.scalars(select(Entry.number)).all() == [1]
        assert session.scalars(select(ComplaintPhoto.complaint_id)).one() is not None


def test_the_receipt_is_shown_to_no_other_browser_and_no_more_once_it_is_closed(house):
    client = citizen(house)
    deposited_online(house, client)
    other = citizen(house)
    assert other.get("/complaints/receipt").status_code == 302
    assert other.get("/complaints/receipt.pdf").status_code == 404
    post(client, "/complaints/receipt/close")
    assert client.get("/complaints/receipt").status_code == 302


def test_a_draft_is_kept_for_a_day_and_then_forgotten_with_what_was_enclosed(house, clock):
    client = citizen(house)
    answer_all(house, client)
    enclose(client, photo())
    run_jobs(house)
    clock.move(hours=23)
    assert client.get("/complaints/new").headers["Location"].endswith("/complaints/new/review")
    clock.move(hours=2)
    assert client.get("/complaints/new").headers["Location"].endswith("/complaints")
    assert forget_drafts(house.transactions) == 1
    kinds = (BlobKind.ENCLOSURE, BlobKind.PHOTO)
    with house.transactions.reading() as session:
        assert session.scalars(select(Blob.sha256).where(Blob.kind.in_(kinds))).all() == []
    assert (counted(house, ComplaintDraft), counted(house, ComplaintPhoto)) == (0, 0)


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_every_question_speaks_both_languages_and_refuses_an_empty_answer_in_its_place(house, locale):
    client = citizen(house, locale)
    answers = {**ANSWERS, "category": {"category": str(category_named(house, "Éclairage public").id)}}
    post(client, "/complaints")
    for question, form in answers.items():
        page = client.get(f"/complaints/new/{question}")
        assert f'lang="{locale}"' in page.get_data(as_text=True)
        assert page.headers["Cache-Control"] == "private, no-store"
        if question != "photos":
            empty = post(client, f"/complaints/new/{question}")
            assert (empty.status_code, "data-error-summary" in empty.get_data(as_text=True)) == (422, True), question
        post(client, f"/complaints/new/{question}", **form)
    assert f'lang="{locale}"' in client.get("/complaints/new/review").get_data(as_text=True)


def test_nobody_skips_a_question_by_its_address(house):
    client = citizen(house)
    post(client, "/complaints")
    assert client.get("/complaints/new/review").headers["Location"].endswith("/complaints/new/kind")
    assert post(client, "/complaints/new/review").status_code == 422
    assert counted(house, Complaint) == 0


def test_what_others_answer_for_and_what_a_court_decides_is_said_before_anything_is_typed(house):
    client = citizen(house, "fr")
    post(client, "/complaints")
    post(client, "/complaints/new/kind", kind="complaint")
    water = category_named(house, "Eau, électricité, assainissement")
    led = post(client, "/complaints/new/category", category=str(water.id)).headers["Location"]
    assert "Société régionale multiservices" in client.get(led).get_data(as_text=True)
    refused = post(client, "/complaints/new/courts", courts="yes")
    assert (refused.status_code, "tribunal" in refused.get_data(as_text=True)) == (409, True)
    assert client.get("/complaints/new").headers["Location"].endswith("/complaints/new/courts")


def test_a_suggestion_is_not_asked_about_courts(house):
    client = citizen(house)
    changes = {"kind": {"kind": "suggestion"}, "courts": {"courts": "no"}}
    answer_all(house, client, **changes)
    assert client.get("/complaints/new/courts").status_code == 302
    post(client, "/complaints/new/review")
    with house.transactions.reading() as session:
        assert session.scalars(select(Complaint.kind)).one() == ComplaintKind.SUGGESTION


def test_a_name_may_be_left_out_only_where_the_district_allows_it(house):
    client = citizen(house)
    complaint = deposited_online(house, client, contact={"is_anonymous": "1", "name": "X Y", "phone": "0612345678"})
    assert (complaint.is_anonymous, complaint.phone) == (True, "")
    with house.transactions.writing(OPERATOR) as uow:
        change_setup(uow, is_open=True, allows_anonymous=False, triage_unit_id=unit_id(house, "BO"), expected_version=1)
    other = citizen(house)
    with pytest.raises(AssertionError):
        answer_all(house, other, contact={"is_anonymous": "1"})


def test_what_is_typed_is_shown_as_it_is_and_does_nothing(house):
    client = citizen(house)
    answer_all(
        house, client, place={"place": "<script>alert(1)</script>"}, text={"text": "{{7*7}} <img src=x onerror=1>"}
    )
    review = client.get("/complaints/new/review").get_data(as_text=True)
    assert ("<script>alert" in review, "<img src=x" in review, "49 " in review) == (False, False, False)
    assert "&lt;script&gt;alert(1)" in review


def test_forms_need_their_token(house):
    client = citizen(house)
    assert client.post("/complaints").status_code == 400


def test_a_photograph_is_shown_from_its_pixels_alone_and_what_the_camera_noted_is_gone(house):
    client = citizen(house)
    answer_all(house, client)
    content = photo(with_place=True)
    assert b"SECRET-CAMERA" in content
    enclose(client, content)
    enclose(client, content)
    enclose(client, of_telephone(content), "IMG_0042.HEIC")
    post(client, "/complaints/new/review")
    run_jobs(house)
    with house.transactions.reading() as session:
        photos = session.scalars(select(ComplaintPhoto).order_by(ComplaintPhoto.given_at, ComplaintPhoto.id)).all()
    assert [kept.media_type for kept in photos] == ["image/jpeg", "image/jpeg"]
    assert [kept.name[-4:] for kept in photos] == [".jpg", ".jpg"]
    for kept in photos:
        with house.blob_store.open(BlobKind.ENCLOSURE, kept.original_sha256) as stream:
            original = stream.read()
        assert (dict(Image.open(io.BytesIO(original)).getexif()), b"SECRET" in original) == ({}, False)
        with house.blob_store.open(BlobKind.PHOTO, kept.reduced_sha256) as stream:
            reduced = stream.read()
        picture = Image.open(io.BytesIO(reduced))
        assert (kept.state, kept.complaint_id is not None, picture.width) == (MakingState.MADE, True, 1240)
        assert (dict(picture.getexif()), b"SECRET" in reduced) == ({}, False)


def of_telephone(jpeg):
    """Return a photograph as a telephone keeps it, with all that it notes beside the picture."""
    out, taken = io.BytesIO(), Image.open(io.BytesIO(jpeg))
    pillow_heif.from_pillow(taken).save(out, exif=taken.getexif().tobytes())
    assert b"SECRET-CAMERA" in out.getvalue()
    return out.getvalue()


def zip_bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 10_000_000)
    return out.getvalue()


def vast_picture():
    """Return a few bytes that say of themselves that they are a picture of nine hundred million pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 30_001)), (b"IEND", b""))
    made = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


HOSTILE = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "file_type_unknown"),
    "html": (b"<html><script>alert(1)</script>", "file_type_unknown"),
    "zip": (zip_bomb(), "file_type_unknown"),
    "polyglot": (photo(size=(40, 40)) + zip_bomb(), "file_has_two_natures"),
    "damaged": (b"\xff\xd8\xff\xe0" + b"0" * 200, "file_damaged"),
    "empty": (b"", "file_empty"),
    "bomb": (vast_picture(), "page_too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_and_nothing_of_them_is_kept(house, name):
    client = citizen(house)
    post(client, "/complaints")
    answer = enclose(client, HOSTILE[name][0], f"{name}.jpg")
    assert answer.status_code == 422
    assert counted(house, ComplaintPhoto) == 0


def test_a_file_of_somebody_elses_draft_is_not_removed(house):
    client, other = citizen(house), citizen(house)
    answer_all(house, client)
    enclose(client, photo(size=(40, 40)))
    post(other, "/complaints")
    with house.transactions.reading() as session:
        kept = session.scalars(select(ComplaintPhoto.id)).one()
    post(other, f"/complaints/new/photos/{kept}/drop")
    assert counted(house, ComplaintPhoto) == 1
    post(client, f"/complaints/new/photos/{kept}/drop")
    assert counted(house, ComplaintPhoto) == 0


def test_an_address_begins_only_so_many_deposits(house, clock):
    client = citizen(house)
    for _ in range(MOST_IN_WINDOW[Purpose.DEPOSIT]):
        post(client, "/complaints")
    refused = post(client, "/complaints")
    assert refused.status_code == 429
    clock.move(minutes=16)
    assert post(client, "/complaints").status_code == 303


def test_a_district_that_said_nothing_takes_no_complaint(sqlite_runtime):
    client = citizen(sqlite_runtime)
    assert 'action="/complaints"' not in client.get("/complaints").get_data(as_text=True)
    assert post(client, "/complaints").status_code == 409


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("06-12.34 56 78", "+212612345678"), ("+212 612345678", "+212612345678"), ("0033612345678", "+33612345678"),
     ("٠٦١٢٣٤٥٦٧٨", "+212612345678"), ("", "")],
)  # fmt: skip
def test_a_telephone_number_is_kept_in_one_form(typed, kept):
    assert phone_of(typed) == kept


@pytest.mark.parametrize("typed", ["12", "06123", "abc", "0612345678\nBcc: x@y.z"])
def test_what_is_no_telephone_number_is_refused(typed):
    with pytest.raises(InvalidInput, match="phone_invalid"):
        phone_of(typed)


def test_an_address_that_would_write_a_line_of_a_mail_is_refused():
    said = {"name": "Nadia Benali", "email": "nadia@example.ma\r\nBcc: other@example.ma"}
    with pytest.raises(InvalidInput, match="mail_address_invalid"):
        contact_of(said, allows_anonymous=False)


def test_texts_keep_their_paragraphs_and_lose_needless_spaces():
    assert text_of(" Un   trou\r\n\r\n\r\n\r\ndans la rue ") == "Un trou\n\ndans la rue"
    assert place_of(" rue \n 14 ") == "rue 14"


def test_nothing_of_the_complaint_is_in_the_journal_or_in_jobs(house):
    client = citizen(house)
    deposited_online(house, client)
    with house.transactions.reading() as session:
        written = " ".join(str(row.values) for row in session.scalars(select(JournalEntry)))
        written += " ".join(str(job.payload) for job in session.scalars(select(Job)))
    assert not re.search("المصباح|نادية|612345678|nadia@", written)
