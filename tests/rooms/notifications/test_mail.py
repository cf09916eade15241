"""Mail that is asked for goes once, or it is said why not; nothing private of it is kept afterwards."""

from __future__ import annotations

import io
import socket
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from docflow.audit.models import JournalEntry
from docflow.core.errors import InvalidInput, Unavailable
from docflow.notifications.adapters.smtp import SmtpAddress
from docflow.notifications.models import OutgoingMail
from docflow.notifications.operations import ATTEMPTS, KEPT_FOR, ask_mail, forget_mails, send_mail
from docflow.notifications.rules import MailState, MailText
from docflow.settings import Settings
from docflow.storage.models import Blob
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobKind
from tests.conftest import actor, run_jobs
from tests.factories.documents import read_document
from tests.mail_server import PASSWORD, SENDER, USER, mail_server, with_mail, write_certificate

TEXT = MailText("وصل · Récépissé A-2026-000001", "السلام عليكم\n\nBonjour é\n")


@pytest.fixture
def box():
    with mail_server() as box:
        yield box


@pytest.fixture
def mailing(runtime, box):
    return with_mail(runtime, f"smtp://127.0.0.1:{box.port}")


def asked(runtime, *, recipient="nadia@example.ma", **how):
    document_id = read_document(runtime, "Une lettre.")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        return ask_mail(uow, document_id=document_id, recipient=recipient, text=TEXT, **how).id


def kept(runtime, mail_id: UUID):
    with runtime.transactions.reading() as session:
        return session.get(OutgoingMail, mail_id)


def with_attachment(runtime, **how):
    blob = runtime.blob_store.put(BlobKind.SEALED, io.BytesIO(b"%PDF-1.7 paper"), media_type="x")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        name_blob(uow, blob, media_type="application/pdf")
    return blob, asked(runtime, attachment=blob, attachment_name="A-2026-000001.pdf", **how)


def test_a_mail_arrives_with_its_words_and_its_paper(mailing, box):
    _blob, mail_id = with_attachment(mailing, unsubscribe_url="https://hay-hassani.ma/subscriptions/x/end")

    run_jobs(mailing)

    ((recipients, message),) = box.taken
    assert message["List-Unsubscribe"] == "<https://hay-hassani.ma/subscriptions/x/end>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert recipients == ["nadia@example.ma"]
    assert (message["From"].addresses[0].addr_spec, message["To"]) == (SENDER, "nadia@example.ma")
    assert message["Subject"] == TEXT.subject
    assert message["Message-ID"] == f"<{mail_id}@hay-hassani.ma>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body().get_content().replace("\r\n", "\n") == TEXT.body
    (paper,) = message.iter_attachments()
    assert (paper.get_filename(), paper.get_content()) == ("A-2026-000001.pdf", b"%PDF-1.7 paper")


def test_what_is_private_goes_when_the_mail_went(mailing, box):
    mail_id = asked(mailing)
    run_jobs(mailing)

    mail = kept(mailing, mail_id)

    assert (mail.state, mail.recipient, mail.subject, mail.body) == (MailState.SENT, "n•••@example.ma", "", "")
    with mailing.transactions.reading() as session:
        lines = session.scalars(select(JournalEntry).where(JournalEntry.verb.startswith("notifications."))).all()
    assert [line.verb for line in lines] == ["notifications.mail_asked", "notifications.mail_sent"]
    assert not any("nadia@" in str(line.values) for line in lines)


def test_a_mail_asked_for_in_a_transaction_that_failed_is_not_sent(mailing, box):
    document_id = read_document(mailing, "Une lettre.")
    with pytest.raises(RuntimeError), mailing.transactions.writing(actor(mailing, "clerk")) as uow:
        ask_mail(uow, document_id=document_id, recipient="nadia@example.ma", text=TEXT)
        raise RuntimeError

    run_jobs(mailing)

    assert box.taken == []


@pytest.mark.parametrize("way", ["answer", "recipient_answer"])
def test_a_mail_that_the_server_will_never_take_is_given_up_with_its_words(mailing, box, way):
    setattr(box, way, "550 5.1.1 no such mailbox here")
    mail_id = asked(mailing)

    run_jobs(mailing)

    mail = kept(mailing, mail_id)
    assert (mail.state, mail.error_code) == (MailState.FAILED, "mail_refused")
    assert "no such mailbox here" in mail.error_params["reason"]


@pytest.mark.parametrize("way", ["answer", "recipient_answer"])
def test_a_server_that_is_busy_is_asked_again(mailing, box, way):
    setattr(box, way, "451 4.3.0 later")
    mail_id = asked(mailing)
    with pytest.raises(Unavailable, match="mail_server_unavailable"):
        send_mail(mailing, mail_id, is_last_attempt=False)
    assert kept(mailing, mail_id).state == MailState.WAITING

    setattr(box, way, "250 taken")
    send_mail(mailing, mail_id, is_last_attempt=False)
    send_mail(mailing, mail_id, is_last_attempt=False)

    assert kept(mailing, mail_id).state == MailState.SENT
    assert len(box.taken) == 1


def test_after_the_last_attempt_it_is_said_that_the_mail_did_not_go(runtime):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = with_mail(runtime, f"smtp://127.0.0.1:{closed.getsockname()[1]}")
        mail_id = asked(away)
        send_mail(away, mail_id, is_last_attempt=True)

    mail = kept(away, mail_id)
    assert (mail.state, mail.error_code) == (MailState.FAILED, "mail_server_unavailable")
    assert ATTEMPTS > 5


def test_a_server_that_wants_tls_and_a_password_gets_both(runtime, tmp_path, monkeypatch):
    certificate = tmp_path / "mail.pem"
    write_certificate(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(certificate=certificate) as box:
        known = with_mail(runtime, f"smtp+starttls://{USER}:secret%3Awith%2Fmarks@127.0.0.1:{box.port}")
        known.mail_server.check()
        asked(known)
        run_jobs(known)
        assert len(box.taken) == 1

        wrong = with_mail(runtime, f"smtp+starttls://{USER}:wrong@127.0.0.1:{box.port}")
        with pytest.raises(Unavailable, match="invalid"):
            wrong.mail_server.check()
    assert PASSWORD not in repr(known.settings)


def test_a_server_whose_certificate_nobody_vouches_for_is_told_nothing(runtime, tmp_path):
    certificate = tmp_path / "mail.pem"
    write_certificate(certificate)
    with mail_server(certificate=certificate) as box:
        known = with_mail(runtime, f"smtp+starttls://{USER}:secret@127.0.0.1:{box.port}")
        mail_id = asked(known)
        with pytest.raises(Unavailable, match="SSLCertVerificationError"):
            send_mail(known, mail_id, is_last_attempt=False)
        assert box.taken == []


@pytest.mark.parametrize("is_own", [True, False])
def test_old_lines_go_with_the_papers_made_for_them_and_no_other(mailing, box, clock, is_own):
    blob, _old_id = with_attachment(mailing, owns_attachment=is_own)
    run_jobs(mailing)
    clock.move(seconds=KEPT_FOR.total_seconds() + 1)
    fresh = asked(mailing)

    assert forget_mails(mailing) == 1

    assert kept(mailing, fresh) is not None
    with mailing.transactions.reading() as session:
        is_named = session.get(Blob, (BlobKind.SEALED, blob.sha256)) is not None
    assert is_named != is_own


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail", ("smtp", "mail", 25, "", "")),
        ("smtp+starttls://u%40x:p%3A@mail.ma", ("smtp+starttls", "mail.ma", 587, "u@x", "p:")),
        ("smtps://u:p@mail.ma:2465/", ("smtps", "mail.ma", 2465, "u", "p")),
    ],
)
def test_addresses_of_servers(url, expected):
    address = SmtpAddress.parse(url)
    assert (address.scheme, address.host, address.port, address.user, address.password) == expected


@pytest.mark.parametrize("url", ["mail.ma", "http://mail.ma", "smtp://", "smtp://mail.ma:x", "smtp://mail.ma/box"])
def test_what_is_no_address_of_a_server_is_refused(url):
    with pytest.raises(InvalidInput, match="smtp_url_invalid"):
        SmtpAddress.parse(url)


def test_a_server_without_a_sender_stops_the_start():
    with pytest.raises(ValidationError, match="DOCFLOW_MAIL_FROM"):
        Settings(smtp_url="smtp://mail.ma")
