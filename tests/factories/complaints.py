"""Complaints deposited by the product's own pages and operations."""

from __future__ import annotations

import io
import re
from uuid import UUID

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from docflow.app import create_public_app
from docflow.bootstrap import Runtime
from docflow.complaints.demo import fill_demo_complaints
from docflow.complaints.models import Complaint, ComplaintCategory
from docflow.complaints.operations import deposit_at_counter
from docflow.complaints.queries import categories
from docflow.complaints.rules import ComplaintKind, Said
from tests.conftest import actor

ANSWERS = {
    "kind": {"kind": "complaint"},
    "category": {},
    "courts": {"courts": "no"},
    "place": {"place": "زنقة 14، حي السلام"},
    "text": {"text": "المصباح أمام المدرسة لا يشتغل منذ شهر.\n\nنطلب إصلاحه."},
    "photos": {"goes_on": "1"},
    "contact": {"name": "نادية بنعلي", "phone": "٠٦ ١٢ ٣٤ ٥٦ ٧٨", "email": "nadia@example.ma"},
}
"""What a citizen types on each page."""


def open_deposit(runtime: Runtime) -> None:
    fill_demo_complaints(runtime.transactions)


def category_named(runtime: Runtime, name_fr: str) -> ComplaintCategory:
    with runtime.transactions.reading() as session:
        return next(one for one in categories(session, active_only=False) if one.name_fr == name_fr)


def citizen(runtime: Runtime, locale: str = "ar") -> FlaskClient:
    client = create_public_app(runtime).test_client()
    client.set_cookie("lang", locale)
    return client


def public_token(client: FlaskClient) -> str:
    page = client.get("/complaints").get_data(as_text=True)
    return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]


def post(client: FlaskClient, address: str, **form: object):
    return client.post(address, data={"csrf_token": public_token(client), **form})


def answer_all(runtime: Runtime, client: FlaskClient, *, category: str = "Éclairage public", **changes: dict) -> None:
    """Begin a draft and answer every question up to the review."""
    answers = {**ANSWERS, "category": {"category": str(category_named(runtime, category).id)}, **changes}
    post(client, "/complaints")
    for question, form in answers.items():
        answered = post(client, f"/complaints/new/{question}", **form)
        assert answered.status_code == 303, (question, answered.get_data(as_text=True))


def deposited_online(runtime: Runtime, client: FlaskClient | None = None, **changes: dict) -> Complaint:
    """Deposit a complaint as a citizen does, page by page."""
    client = client or citizen(runtime)
    answer_all(runtime, client, **changes)
    assert post(client, "/complaints/new/review").status_code == 303
    with runtime.transactions.reading() as session:
        return session.scalars(select(Complaint).order_by(Complaint.id.desc())).first()


def deposited(
    runtime: Runtime,
    *,
    kind: ComplaintKind = ComplaintKind.COMPLAINT,
    category: str = "Éclairage public",
    place: str = "Rue 14, Hay Salam",
    text: str = "Le lampadaire devant l'école ne marche plus.",
    language: str = "fr",
    by: str = "clerk",
    **said: object,
) -> Complaint:
    """Deposit a complaint at the counter."""
    values = {"name": "Nadia Benali", **said}
    category_id: UUID = category_named(runtime, category).id
    return deposit_at_counter(
        runtime,
        actor(runtime, by),
        Said(kind, category_id, place, text, language, **values),  # type: ignore[arg-type]
    )


def photo(*, size: tuple[int, int] = (2000, 1500), with_place: bool = False) -> bytes:
    """Return a photograph, with the place where it was taken if wanted."""
    picture, exif = Image.new("RGB", size, (90, 120, 60)), Image.Exif()
    if with_place:
        exif[0x010F] = "SECRET-CAMERA"
        exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()
