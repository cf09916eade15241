"""What is covered is gone from the copy: seen by nobody, read by no program, and still there in the original."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image, ImageDraw

from docflow.accounts.visibility import Confidentiality
from docflow.app import create_public_app
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.documents.queries import page_views
from docflow.documents.rules import Word
from docflow.publications import burning
from docflow.publications.models import Redaction
from docflow.publications.operations import PostSetup, change_post, publish_post
from docflow.publications.redacting import ask_copy, begin_redaction, cover_words, make_copy, post_of_copy, public_copy
from docflow.publications.redaction_rules import RedactionState, box_between, boxes_of_words, is_covered
from docflow.search.language.analyser import analyse
from docflow.storage.rules import BlobKind
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, page_result, read_document, unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of

PLACES = {"Madame": (100, 200, 300, 240), "Secrétissime": (320, 200, 620, 240), "demande": (640, 200, 860, 240)}


def drawn_page(runtime):
    """A page that was read: three words, each a grey block in the picture, the middle one with a light mark."""
    picture = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(picture)
    for box in PLACES.values():
        draw.rectangle(box, fill=(90, 90, 90))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=70)
    image = runtime.blob_store.put(BlobKind.PAGE, io.BytesIO(out.getvalue()), media_type="image/webp")
    words = tuple(Word(text, box, 95.0, 0) for text, box in PLACES.items())
    return replace(page_result(" ".join(PLACES)), image=image, words=words)


@pytest.fixture
def minutes(sqlite_runtime):
    runtime = sqlite_runtime
    document_id = read_document(runtime, drawn_page(runtime), by="clerk")
    registered(runtime, document_id, kind="minutes", unit_id=unit_id(runtime, "DAA"))
    run_jobs(runtime)
    return runtime, document_id


def does(runtime, who, operation, *args, **said):
    with runtime.transactions.writing(actor(runtime, who)) as uow:
        return operation(uow, *args, **said)


def pdftotext(content):
    return subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()


def made_copy(runtime, document_id, *words):
    kept = does(runtime, "head2", begin_redaction, document_id)
    counts = [does(runtime, "head2", cover_words, kept.id, one) for one in words]
    does(runtime, "head2", ask_copy, kept.id)
    make_copy(runtime, kept.id, is_last_attempt=True)
    with runtime.transactions.reading() as session:
        return session.get_one(Redaction, kept.id), counts


def test_what_is_covered_is_neither_seen_nor_read_in_the_copy_and_the_rest_is(minutes):
    runtime, document_id = minutes
    kept, counts = made_copy(runtime, document_id, "SECRETISSIME")
    with runtime.blob_store.open(BlobKind.REDACTED, kept.sha256) as stream:
        content = stream.read()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        information = {**pdf.docinfo} if "/Info" in pdf.trailer else {}
        picture = Image.open(io.BytesIO(pdf.pages[0].Resources.XObject.Scan.read_raw_bytes())).convert("L")
        hidden = [name for name in ("/Names", "/AcroForm", "/Outlines") if name in pdf.Root]
    x0, y0, x1, y1 = PLACES["Secrétissime"]
    assert (kept.state, counts) == (RedactionState.MADE, [1])
    assert pdftotext(content).split() == ["Madame", "demande"]
    assert kept.text == "Madame demande"
    assert b"etissime" not in content.lower()
    assert picture.crop((x0 - 4, y0 - 4, x1 + 4, y1 + 4)).getextrema()[1] < 48
    assert picture.crop((110, 210, 290, 230)).getextrema()[0] > 60
    assert hidden == []
    assert not any("letter" in str(value) for value in information.values())


def test_a_copy_in_which_something_would_still_be_read_is_not_kept(minutes, monkeypatch):
    runtime, document_id = minutes
    monkeypatch.setattr(burning, "is_covered", lambda _box, _covers: False)
    kept, _ = made_copy(runtime, document_id, "Secrétissime")
    assert (kept.state, kept.error_code, kept.sha256) == (RedactionState.FAILED, "redaction_leaks", None)


def test_the_copy_is_published_as_an_object_of_its_own_and_the_original_stays(minutes):
    runtime, document_id = minutes
    kept, _ = made_copy(runtime, document_id, "Secrétissime")
    blob = public_copy(runtime, actor(runtime, "head2"), kept.id)
    post = does(runtime, "head2", post_of_copy, kept.id, blob)
    text = replace(post.text, body_ar="نص", body_fr="Texte")
    setup = PostSetup(post.kind, text)
    changed = does(runtime, "head2", change_post, post.id, setup, expected_version=post.version)
    version = changed.version
    does(runtime, "head2", publish_post, post.id, publish_at=None, ends_at=None, expected_version=version)
    client = create_public_app(runtime).test_client()
    page = client.get(f"/publications/{post.slug}").get_data(as_text=True)
    given = client.get(re.search(r'href="(/files/[^"]+)"', page)[1]).data
    with runtime.transactions.reading() as session:
        words = [word.text for word in page_views(session, document_id)[0].words]
    assert pdftotext(given).split() == ["Madame", "demande"]
    assert words == list(PLACES)
    with pytest.raises(Conflict, match="redaction_published"):
        does(runtime, "head2", cover_words, kept.id, "Madame")


def test_nobody_covers_what_they_may_not_read_and_nothing_confidential_is_published(minutes):
    runtime, document_id = minutes
    kept = does(runtime, "head2", begin_redaction, document_id)
    stranger = signed_in_client(runtime, "editor")
    answers = [stranger.get(f"/site/redactions/{kept.id}{path}").status_code for path in ("", "/pages/1.webp")]
    change(runtime, document_id, confidentiality=Confidentiality.RESTRICTED)
    assert answers == [404, 404]
    with pytest.raises(NotFound):
        does(runtime, "editor", begin_redaction, document_id)
    with pytest.raises(PermissionDenied):
        does(runtime, "head", begin_redaction, document_id)
    with pytest.raises(PermissionDenied, match="redaction_confidential"):
        does(runtime, "head2", begin_redaction, document_id)


def test_two_clicks_on_the_page_cover_a_place_without_scripts_and_it_is_uncovered_again(minutes):
    runtime, document_id = minutes
    client = signed_in_client(runtime, "head2")
    token = {"csrf_token": token_of(client)}
    path = client.post(f"/d/{document_id}/redactions", data=token).headers["Location"]
    first = client.post(path, data=token | {"at.x": "200", "at.y": "120"}).headers["Location"]
    corner = re.search(r"corner=([^&#]+)", first)[1].replace("%2C", ",")
    client.post(path, data=token | {"corner": corner, "at.x": "430", "at.y": "180"})
    covered = client.get(path).get_data(as_text=True)
    picture = Image.open(io.BytesIO(client.get(f"{path}/pages/1.webp").data)).convert("L")
    tiny = client.post(path, data=token | {"corner": "5,5", "at.x": "3", "at.y": "3"})
    client.post(path, data=token | {"remove": "0"})
    assert 'name="remove" value="0"' in covered
    assert picture.crop((205, 125, 425, 175)).getextrema()[1] < 60
    assert picture.getpixel((500, 150)) > 60
    assert tiny.status_code == 422
    assert 'name="remove"' not in client.get(path).get_data(as_text=True)


def test_words_are_found_whatever_their_accents_and_as_a_phrase():
    words = [Word(text, (at * 100, 0, at * 100 + 80, 20), 90.0, 0) for at, text in enumerate(("M.", "Élan", "Dupré,"))]
    found = boxes_of_words(words, "elan DUPRE", forms_of=lambda text: analyse(text).exact)
    assert [box[0] for box in found] == [98, 198]
    assert is_covered((70, 0, 99, 20), found)
    assert boxes_of_words(words, "Dupré Élan", forms_of=lambda text: analyse(text).exact) == ()
    with pytest.raises(InvalidInput, match="box_too_small"):
        box_between((5, 5), (6, 90), width=100, height=100)
