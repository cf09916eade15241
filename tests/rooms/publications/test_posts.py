"""What editors write, when everybody reads it, and what of it is never read."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from xml.etree import ElementTree as Xml

import pytest
from PIL import Image
from sqlalchemy import select

from docflow.app import create_public_app
from docflow.audit.models import JournalEntry
from docflow.core.errors import Conflict, InvalidInput, PermissionDenied
from docflow.publications.files import attach_file, limits_of, remove_file, take_file
from docflow.publications.models import PublicFile
from docflow.publications.opening import SeasonSetup, keep_season
from docflow.publications.operations import (
    PostSetup,
    ThemeSetup,
    begin_post,
    change_post,
    keep_category,
    publish_post,
    withdraw_post,
)
from docflow.publications.queries import versions_of
from docflow.publications.rules import PostKind, PostText
from docflow.storage.models import Blob
from docflow.storage.rules import BlobKind
from tests.conftest import GOLDEN, actor
from tests.factories.sessions import signed_in_client, token_of

TEXT = PostText(
    "أشغال الطريق", "Travaux <b>rue 14</b>", body_ar="نص الخبر", body_fr="Le texte\n\n<script>alert(1)</script>"
)


def does(runtime, who, operation, *args, **said):
    with runtime.transactions.writing(actor(runtime, who)) as uow:
        return operation(uow, *args, **said)


def begun(runtime, kind=PostKind.NEWS, text=TEXT, **said):
    return does(runtime, "editor", begin_post, PostSetup(kind, text, **said))


def published(runtime, *, publish_at=None, ends_at=None, **said):
    post = begun(runtime, **said)
    return does(
        runtime, "editor", publish_post, post.id, publish_at=publish_at, ends_at=ends_at, expected_version=post.version
    )


@pytest.fixture
def site(sqlite_runtime):
    return sqlite_runtime, create_public_app(sqlite_runtime).test_client()


def seen(client, path):
    return client.get(path, headers={"Accept-Language": "fr"})


def picture_with_place():
    """A JPEG that says in its EXIF where it was taken."""
    image, exif = Image.new("RGB", (900, 600), (200, 30, 30)), Image.Exif()
    exif[0x010E] = "secret place"
    stream = io.BytesIO()
    image.save(stream, "JPEG", exif=exif)
    assert b"secret place" in stream.getvalue()
    return stream.getvalue()


def attached(runtime, post, content, **said):
    given = take_file(runtime.blob_store, io.BytesIO(content), limits=limits_of(runtime.settings))
    return does(runtime, "editor", attach_file, post.id, given, **said)


def test_a_post_is_read_by_everybody_from_its_instant_until_its_end_and_never_before(runtime):
    client, now = create_public_app(runtime).test_client(), runtime.clock.now()
    post = published(runtime, publish_at=now + timedelta(hours=2), ends_at=now + timedelta(hours=4))
    paths = ["/news", "/news.atom", "/sitemap.xml", "/"]

    def shown():
        return [post.slug in seen(client, path).get_data(as_text=True) for path in paths]

    def answered():
        return seen(client, f"/news/{post.slug}").status_code, shown()

    before = answered()
    runtime.clock.move(hours=2)
    during = answered()
    runtime.clock.move(hours=2)

    assert before == (404, [False] * 4)
    assert during == (200, [True] * 4)
    assert answered() == (404, [False] * 4)


def test_what_is_withdrawn_is_gone_at_once_with_its_files_and_its_reason_is_kept(site):
    runtime, client = site
    post = published(runtime)
    pdf = attached(runtime, post, (GOLDEN / "scans" / "fr_clean_2026_0001.pdf").read_bytes(), name="Plan")
    given = seen(client, f"/files/{pdf.id}")
    does(runtime, "editor", withdraw_post, post.id, reason="Erreur de date")

    gone = [seen(client, path).status_code for path in (f"/news/{post.slug}", f"/files/{pdf.id}")]

    assert (given.status_code, given.mimetype) == (200, "application/pdf")
    assert given.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Plan.pdf"
    assert gone == [404, 404]
    with pytest.raises(Conflict, match="post_not_published"):
        does(runtime, "editor", withdraw_post, post.id, reason="Encore")


def test_every_text_is_kept_and_every_act_is_a_line_of_the_journal(runtime):
    post = begun(runtime)
    changed = PostText(**{**TEXT.as_row(), "body_fr": "Autre texte"})
    does(runtime, "editor", change_post, post.id, PostSetup(PostKind.NOTICE, changed), expected_version=post.version)
    with pytest.raises(Conflict, match="post_changed"):
        does(runtime, "editor", change_post, post.id, PostSetup(PostKind.NEWS, TEXT), expected_version=post.version - 1)
    with runtime.transactions.reading() as session:
        kept = [(one.number, one.text.body_fr) for one in versions_of(session, post.id)]
        verbs = session.scalars(
            select(JournalEntry.verb).where(JournalEntry.subject_id == str(post.id)).order_by(JournalEntry.number)
        ).all()
    assert kept == [(2, "Autre texte"), (1, TEXT.body_fr)]
    assert verbs == ["publications.begun", "publications.changed"]


def test_only_editors_write_and_only_what_is_complete_is_published(sqlite_runtime):
    runtime = sqlite_runtime
    with pytest.raises(PermissionDenied):
        does(runtime, "head", begin_post, PostSetup(PostKind.NEWS, TEXT))
    half = begun(runtime, text=PostText(title_fr="Un titre", body_fr="Un texte"))
    with pytest.raises(InvalidInput, match="post_incomplete"):
        does(runtime, "editor", publish_post, half.id, publish_at=None, ends_at=None, expected_version=half.version)
    now = runtime.clock.now()
    whole = begun(runtime)
    with pytest.raises(InvalidInput, match="post_dates_reversed"):
        does(
            runtime, "editor", publish_post, whole.id, publish_at=now + timedelta(days=2),
            ends_at=now + timedelta(days=1), expected_version=whole.version,
        )  # fmt: skip


def test_a_text_is_never_html_and_its_page_says_what_it_is_to_those_who_share_it(site):
    runtime, client = site
    post = published(runtime)
    page = seen(client, f"/news/{post.slug}").get_data(as_text=True)
    base = runtime.settings.public_url
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert f'<link rel="canonical" href="{base}/news/{post.slug}?lang=fr">' in page
    assert f'hreflang="ar" href="{base}/news/{post.slug}?lang=ar"' in page
    assert '<meta property="og:title" content="Travaux &lt;b&gt;rue 14&lt;/b&gt;">' in page


def test_an_address_with_a_language_is_read_in_it_and_the_reader_stays_in_it(site):
    runtime, client = site
    published(runtime)
    page = client.get("/news?lang=fr", headers={"Accept-Language": "ar"}).get_data(as_text=True)
    stays = client.get("/news", headers={"Accept-Language": "ar"}).get_data(as_text=True)
    assert 'lang="fr"' in page
    assert 'name="next" value="/news"' in page
    assert '<html lang="fr"' in stays


def test_a_picture_keeps_its_pixels_and_nothing_else_and_the_second_takes_its_place(site):
    runtime, client = site
    post = published(runtime)
    first = attached(runtime, post, picture_with_place(), name="شارع", name_fr="Une rue")
    shown = client.get(f"/pictures/{first.id}.large")
    with pytest.raises(InvalidInput, match="picture_undescribed"):
        attached(runtime, post, picture_with_place(), name="شارع")
    second = attached(runtime, post, picture_with_place(), name="ساحة", name_fr="Une place")
    does(runtime, "editor", remove_file, post.id, second.id)
    with runtime.transactions.reading() as session:
        left = session.scalars(select(Blob).where(Blob.kind.in_([BlobKind.PUBLIC, BlobKind.PUBLIC_SMALL]))).all()
        files = session.scalars(select(PublicFile)).all()
    assert shown.mimetype == "image/webp"
    assert Image.open(io.BytesIO(shown.data)).format == "WEBP"
    assert b"secret place" not in shown.data
    assert (left, files) == ([], [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_type_unknown"),
        (b"GIF89a<script>alert(1)</script>", "file_type_unknown"),
        (b"\x89PNG\r\n\x1a\n" + b"%PDF-1.4 %%EOF", "file_has_two_natures"),
        (b"", "file_empty"),
    ],
)
def test_a_harmful_file_is_refused_in_words(sqlite_runtime, content, code):
    client = signed_in_client(sqlite_runtime, "editor")
    post = begun(sqlite_runtime)
    answer = client.post(
        f"/site/posts/{post.id}/files",
        data={"csrf_token": token_of(client), "name": "x", "file": (io.BytesIO(content), "x.png")},
    )
    assert answer.status_code == 422
    with pytest.raises(InvalidInput, match=code):
        attached(sqlite_runtime, post, content, name="x")


def test_themes_and_pages_divide_what_is_published(site):
    runtime, client = site
    works = does(runtime, "editor", keep_category, None, ThemeSetup("الأشغال", "Travaux"))
    slugs = [published(runtime, category_id=works.id).slug for _ in range(13)]
    other = published(runtime, kind=PostKind.DECISION).slug
    first, second = (seen(client, path).get_data(as_text=True) for path in ("/news?theme=travaux", "/news?page=2"))
    found = [set(re.findall(r'href="/news/([a-z0-9-]+)"', page)) for page in (first, second)]
    assert (len(found[0]), len(found[1])) == (12, 1)
    assert found[0] | found[1] == set(slugs)
    assert f"/publications/{other}" in seen(client, "/publications").get_data(as_text=True)
    assert seen(client, "/news?theme=rien").status_code == 404
    moved = seen(client, f"/news/{other}")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/publications/{other}")
    assert seen(client, "/news/rien").status_code == 404


def test_feeds_and_site_map_are_well_formed_whatever_is_written(site):
    runtime, client = site
    odd = PostText("ع \x0b & <", "F \x0b & ]]>", "س", "s", "ن", "T")
    post = published(runtime, text=odd, kind=PostKind.MINUTES)
    atom, rss, site_map = (seen(client, path) for path in ("/publications.atom", "/publications.rss", "/sitemap.xml"))
    entry = Xml.fromstring(atom.data).find("{http://www.w3.org/2005/Atom}entry")
    again = client.get("/publications.atom", headers={"Accept-Language": "fr", "If-None-Match": atom.headers["ETag"]})
    assert entry.find("{http://www.w3.org/2005/Atom}title").text == "F & ]]>"
    assert Xml.fromstring(rss.data).find("channel/item/link").text.endswith(f"/publications/{post.slug}?lang=fr")
    mapped = [one.text for one in Xml.fromstring(site_map.data).iter() if one.text]
    assert f"{runtime.settings.public_url}/publications/{post.slug}?lang=ar" in mapped
    assert again.status_code == 304
    assert "Set-Cookie" not in atom.headers
    assert "Disallow: /track" in client.get("/robots.txt").get_data(as_text=True)


def test_the_administrator_sets_the_hours_that_everybody_sees(site):
    runtime, client = site
    week = SeasonSetup([*["08:30-16:30"] * 5, "", ""])
    does(runtime, "admin", keep_season, None, week)
    does(runtime, "admin", keep_season, None, week)
    with pytest.raises(PermissionDenied):
        does(runtime, "editor", keep_season, None, week)
    opened = [seen(client, path).get_data(as_text=True) for path in ("/", "/office-hours")]
    runtime.clock.move(hours=8)
    closed = seen(client, "/").get_data(as_text=True)
    assert all("Ouvert" in page and "16:30" in page for page in opened)
    assert "Fermé" in closed


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_an_editor_writes_looks_publishes_and_withdraws_on_the_pages(sqlite_runtime, locale):
    client, public = signed_in_client(sqlite_runtime, "editor"), create_public_app(sqlite_runtime).test_client()
    client.set_cookie("lang", locale)
    token = {"csrf_token": token_of(client)}
    said = {**TEXT.as_row(), "kind": "news"}
    look = client.post("/site/posts/look", data=token | said).get_data(as_text=True)
    made = client.post("/site/posts/new", data=token | said)
    path = made.headers["Location"]
    page = client.get(path).get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    wrong = client.post(f"{path}/publish", data=token | {"version": version, "from": "31/02/2026"})
    out = client.post(f"{path}/publish", data=token | {"version": version})
    read = seen(public, "/news/travaux-b-rue-14-b").status_code
    gone = client.post(f"{path}/withdraw", data=token | {"reason": "Erreur"})
    assert "&lt;script&gt;" in look
    assert re.search(r'name="from"[^>]*aria-invalid="true"[^>]*value="31/02/2026"', wrong.get_data(as_text=True))
    assert (made.status_code, wrong.status_code, out.status_code, read, gone.status_code) == (303, 422, 303, 200, 303)
    assert seen(public, "/news/travaux-b-rue-14-b").status_code == 404
    assert client.get(f"{path}/versions/1").status_code == 200
