"""What anybody with a paper or a file may learn on the public site, and how often."""

from __future__ import annotations

import io
import re

import pypdfium2
import pytest
from PIL import Image

from docflow.allowances.rules import MOST_IN_WINDOW, Purpose
from docflow.app import create_public_app
from docflow.portal.rules import StampCode, stamp_code
from docflow.registry.operations import cancel_entry
from docflow.registry.sealing import verification_address
from docflow.stamping.queries import sealed_revision_of
from tests.conftest import actor, deposit, run_jobs
from tests.factories.registry import registered
from tests.factories.sessions import token_of
from tests.rooms.ingest.letters import letter_about


@pytest.fixture
def sealed(sqlite_runtime):
    """An entry with its sealed file, and a client of the public site."""
    runtime = sqlite_runtime
    document_id = deposit(runtime, letter_about("la voirie")).id
    run_jobs(runtime)
    entry = registered(runtime, document_id, subject="Un sujet secret", sender="Monsieur Untel")
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        ref = sealed_revision_of(session, document_id).blob
    with runtime.blob_store.open(ref.kind, ref.sha256) as stream:
        content = stream.read()
    return runtime, entry, content, create_public_app(runtime).test_client()


def given(client, content, name="paper.pdf"):
    data = {"csrf_token": token_of(client), "file": (io.BytesIO(content), name)}
    return client.post("/verify", data=data, content_type="multipart/form-data")


def without_incident(text):
    return re.sub(r"[0-9A-F]{4}-[0-9A-F]{4}", "", text)


def path_of(entry):
    return verification_address("", entry)


def test_the_code_of_a_stamp_tells_that_it_was_registered_and_nothing_of_its_content(sealed):
    _, entry, _, client = sealed
    answer = client.get(path_of(entry))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert entry.label in text
    assert ("Un sujet secret" in text, "Untel" in text, "Bennani" in text) == (False, False, False)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_wrong_number_and_a_wrong_code_get_one_answer_and_only_so_many_of_them(sealed):
    runtime, entry, _, client = sealed
    wrong_code = client.get(f"/v/{entry.label}/000000000000")
    wrong_number = client.get(f"/v/A-2026-999999/{entry.verification_code}")
    assert (wrong_code.status_code, wrong_number.status_code) == (404, 404)
    told = [re.search("<h1.*?</main>", answer.get_data(as_text=True), re.S)[0] for answer in (wrong_code, wrong_number)]
    assert without_incident(told[0]) == without_incident(told[1])
    assert entry.label not in told[0]
    for _ in range(MOST_IN_WINDOW[Purpose.NUMBER] - 2):
        client.get(f"/v/{entry.label}/000000000000")
    assert client.get(f"/v/{entry.label}/000000000000").status_code == 429
    # Somebody who has the right code waits as well, or the limit would tell right codes from wrong ones.
    assert client.get(path_of(entry)).status_code == 429
    runtime.clock.move(minutes=16)
    assert client.get(path_of(entry)).status_code == 200


def test_right_codes_are_not_counted(sealed):
    _, entry, _, client = sealed
    answers = {client.get(path_of(entry)).status_code for _ in range(MOST_IN_WINDOW[Purpose.NUMBER] + 5)}
    assert answers == {200}


def test_a_cancelled_number_says_so(sealed):
    runtime, entry, _, client = sealed
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="Motif interne")
    text = client.get(path_of(entry)).get_data(as_text=True)
    assert "chip--warn" in text
    assert "Motif interne" not in text


def test_the_sealed_file_is_authentic_and_an_altered_one_is_not(sealed):
    _, entry, content, client = sealed
    right = given(client, content).get_data(as_text=True)
    broken = bytearray(content)
    broken[len(content) // 3] ^= 0x20
    wrong = given(client, bytes(broken)).get_data(as_text=True)
    foreign = given(client, letter_about("autre chose")).get_data(as_text=True)
    assert ("chip--ok" in right, entry.label in right) == (True, True)
    assert "chip--ok" not in wrong
    assert "chip--ok" not in foreign


def test_of_a_photographed_paper_only_the_code_is_read_and_the_page_says_so(sealed):
    _, entry, content, client = sealed
    printed = pypdfium2.PdfDocument(content)
    printed.init_forms()
    picture = printed[0].render(scale=150 / 72).to_pil().convert("RGB").rotate(3, fillcolor="white")
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=70)
    answer = given(client, stream.getvalue(), name="photo.jpg")
    assert answer.status_code == 303
    assert answer.location == f"{path_of(entry)}?paper=1"
    assert "note--warn" in client.get(answer.location).get_data(as_text=True)


def test_a_picture_without_a_code_is_unknown(sealed):
    *_, client = sealed
    stream = io.BytesIO()
    Image.new("RGB", (400, 400), "white").save(stream, "PNG")
    answer = given(client, stream.getvalue(), name="blank.png")
    assert answer.status_code == 200
    assert "chip--warn" in answer.get_data(as_text=True)


def test_files_are_verified_so_many_times_and_then_no_more(sealed):
    *_, client = sealed
    answers = [given(client, b"x", name="x.pdf").status_code for _ in range(MOST_IN_WINDOW[Purpose.FILE] + 1)]
    assert answers == [200] * MOST_IN_WINDOW[Purpose.FILE] + [429]


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_the_pages_speak_both_languages(sealed, locale):
    _, entry, _, client = sealed
    client.set_cookie("lang", locale)
    for path in ("/", "/verify", path_of(entry)):
        assert f'lang="{locale}"' in client.get(path).get_data(as_text=True)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("https://docs.example.ma/v/A-2026-000001/ABC", StampCode("A-2026-000001", "ABC")),
        ("https://docs.example.ma/v/145%2F2026/ABC", StampCode("145/2026", "ABC")),
        ("https://evil.example/v/A-2026-000001/ABC", None),
        ("https://docs.example.ma.evil.example/v/A-2026-000001/ABC", None),
        ("https://docs.example.ma/track/A-2026-000001", None),
        ("javascript:alert(1)", None),
    ],
)
def test_only_codes_that_lead_here_are_followed(text, named):
    assert stamp_code(text, public_url="https://docs.example.ma/") == named
