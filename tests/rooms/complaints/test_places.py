"""Where it is: quarters drawn from data, chosen on the map or in the list; open complaints nearby are proposed."""

from __future__ import annotations

import html
import io
import json
import re
from uuid import UUID

import pytest
from sqlalchemy import select

from docflow.complaints.models import Complaint, ComplaintDraft, ComplaintQuarter
from docflow.complaints.places import clicked_point, load_quarters, quarters, shipped_quarters
from docflow.complaints.quarters import WIDTH, read_quarters
from docflow.complaints.rules import point_of, point_text
from docflow.core.errors import InvalidInput, PermissionDenied
from tests.conftest import actor, run_jobs
from tests.factories.complaints import (
    ANSWERS,
    answer_all,
    category_named,
    citizen,
    deposited_online,
    open_deposit,
    post,
)
from tests.factories.sessions import signed_in_client, token_of


@pytest.fixture
def house(sqlite_runtime):
    open_deposit(sqlite_runtime)
    return sqlite_runtime


def square(name, west, south, size=0.01, **properties):
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {
        "type": "Feature", "properties": {"name_ar": name, "name_fr": name} | properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


def geojson(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def quarter_named(runtime, name):
    with runtime.transactions.reading() as session:
        return str(next(one.id for one in quarters(session) if one.name_fr == name))


def test_a_map_is_flat_with_north_up_and_as_wide_as_the_drawing():
    drawing = read_quarters(geojson(square("Sud", 0, 60), square("Nord", 0, 60.01)))
    (south, north), points = drawing.shapes, [p for shape in drawing.shapes for p in shape.rings[0]]
    assert (min(x for x, _ in points), max(x for x, _ in points)) == (0, WIDTH)
    # At 60 degrees north a degree of longitude is half as long as one of latitude: four times as high as wide.
    assert drawing.height == pytest.approx(4000, rel=0.01)
    assert max(y for _, y in north.rings[0]) <= min(y for _, y in south.rings[0])


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[1]", b'{"features": []}', geojson(square("", 0, 0)), geojson(square("A", 200, 0)),
     geojson({"properties": {"name_ar": "a", "name_fr": "a"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}),
     b"[" * 100_000, b'{"features": [{"properties": {"name_ar": "a", "name_fr": "a"}, "geometry": null}]}'],
)  # fmt: skip
def test_what_is_no_map_is_refused(content):
    with pytest.raises(InvalidInput, match="quarters_not_understood"):
        read_quarters(content)


def test_the_administrator_loads_a_map_and_complaints_keep_their_quarter(house):
    chosen = quarter_named(house, "Hay Salam")
    complaint = deposited_online(house, place={**ANSWERS["place"], "quarter": chosen})
    client = signed_in_client(house, "admin")
    form = {"csrf_token": token_of(client)}
    new = io.BytesIO(geojson(square("<b>Neuf", 0, 33), square("Hay Salam", 0.01, 33)))
    assert client.post("/admin/complaints/quarters", data=form | {"file": (new, "q.json")}).status_code == 303
    with house.transactions.reading() as session:
        assert [one.name_fr for one in quarters(session)] == ["<b>Neuf", "Hay Salam"]
        assert str(session.get_one(Complaint, complaint.id).quarter_id) == chosen == quarter_named(house, "Hay Salam")
    assert "&lt;b&gt;Neuf" in client.get("/admin/complaints").get_data(as_text=True)
    with pytest.raises(PermissionDenied), house.transactions.writing(actor(house, "clerk")) as uow:
        load_quarters(uow, shipped_quarters())


def test_the_map_is_loaded_from_a_file_alone_and_removed_when_that_is_confirmed(house):
    client = signed_in_client(house, "admin")
    form = {"csrf_token": token_of(client)}
    assert client.post("/admin/complaints/quarters", data=form).status_code == 422

    asked = client.post("/admin/complaints/quarters/remove", data=form).get_data(as_text=True)
    with house.transactions.reading() as session:
        before = quarters(session)
    client.post("/admin/complaints/quarters/remove", data=form | {"confirmed": "1"})

    assert len(before) > 1
    assert all(one.name_fr in html.unescape(asked) for one in before)
    with house.transactions.reading() as session:
        assert quarters(session) == []


def test_a_quarter_is_chosen_on_the_map_without_scripts_or_in_the_list(house):
    client = citizen(house)
    answer_all(house, client)
    chosen = quarter_named(house, "Lissasfa")
    shown = client.get(f"/complaints/new/place?quarter={chosen}").get_data(as_text=True)
    assert (f'value="{chosen}" checked' in shown, 'aria-current="true"' in shown) == (True, True)
    assert post(client, "/complaints/new/place", place="Rue 9", quarter="nowhere").status_code == 422
    post(client, "/complaints/new/place", place="Rue 9", quarter=chosen)
    assert "ليساسفة" in client.get("/complaints/new/review").get_data(as_text=True)


def test_open_complaints_nearby_are_proposed_without_a_word_of_them_and_the_staff_may_join_them(house):
    chosen = quarter_named(house, "Hay Salam")
    place = {"place": "Rue secrète", "quarter": chosen}
    first = deposited_online(house, place=place)
    run_jobs(house)
    client = citizen(house, "fr")
    post(client, "/complaints")
    for question in ("kind", "courts"):
        post(client, f"/complaints/new/{question}", **ANSWERS[question])
    post(client, "/complaints/new/category", category=str(category_named(house, "Éclairage public").id))
    post(client, "/complaints/new/courts", courts="no")
    led = post(client, "/complaints/new/place", place="Rue 14", quarter=chosen).headers["Location"]
    shown = client.get(led).get_data(as_text=True)
    assert (led, str(first.id) in shown) == ("/complaints/new/similar", True)
    assert [word in shown for word in ("secrète", "R-2026", "نادية")] == [False] * 3
    assert post(client, "/complaints/new/similar", similar="00000000-0000-0000-0000-000000000000").status_code == 422
    post(client, "/complaints/new/similar", similar=str(first.id))
    for question in ("text", "photos", "contact"):
        post(client, f"/complaints/new/{question}", **ANSWERS[question])
    post(client, "/complaints/new/review")
    run_jobs(house)
    with house.transactions.reading() as session:
        second = session.scalars(select(Complaint).where(Complaint.id != first.id)).one()
    assert (second.similar_id, second.main_id) == (first.id, None)
    page = signed_in_client(house, "director").get(f"/d/{second.document_id}").get_data(as_text=True)
    assert "/join" in page
    assert 'name="join_kind" value="joint"' in page


def test_nothing_is_proposed_of_another_quarter_another_subject_or_to_a_suggestion(house):
    deposited_online(house, place={"place": "Rue 1", "quarter": quarter_named(house, "Hay Salam")})
    other = quarter_named(house, "Lissasfa")
    for changes in (
        {"place": {"place": "Rue 14", "quarter": other}},
        {"place": {"place": "Rue 14", "quarter": quarter_named(house, "Hay Salam")}, "kind": {"kind": "suggestion"}},
    ):
        client = citizen(house)
        answer_all(house, client, **changes)
        assert client.get("/complaints/new/similar").status_code == 302


def test_a_point_is_put_by_a_click_without_scripts_and_those_who_treat_the_matter_see_it(house):
    client = citizen(house, "fr")
    answer_all(house, client)
    chosen = quarter_named(house, "Lissasfa")
    typed = {"place": "Rue 9", "quarter": chosen}

    def shown(**said):
        return post(client, "/complaints/new/place", **typed, **said).get_data(as_text=True)

    assert 'name="point"' in shown(show="1")
    first = re.search(r'name="at" value="([^"]+)"', shown(**{"point.x": "100", "point.y": "80"}))[1]
    moved = re.search(r'name="at" value="([^"]+)"', shown(**{"point.x": "120", "point.y": "60"}, at=first))[1]
    # To the right is east, up is north.
    assert all(new > old for new, old in zip(point_of(moved), point_of(first), strict=True))
    picture = client.get(f"/complaints/map/{chosen}.svg?at={moved}")
    assert (picture.mimetype, "<circle" in picture.get_data(as_text=True)) == ("image/svg+xml", True)
    assert 'name="at"' not in shown(no_point="1", at=moved)
    assert post(client, "/complaints/new/place", **typed, at=moved).status_code == 303
    assert "point sur la carte" in client.get("/complaints/new/review").get_data(as_text=True)
    post(client, "/complaints/new/review")
    with house.transactions.reading() as session:
        complaint = session.scalars(select(Complaint)).one()
    assert (complaint.latitude, complaint.longitude) == point_of(moved)
    seen = signed_in_client(house, "director").get(f"/d/{complaint.document_id}").get_data(as_text=True)
    assert (f"geo:{complaint.latitude},{complaint.longitude}" in seen, "<circle" in seen) == (True, True)


def test_a_point_of_another_quarter_is_left_out_and_one_that_is_none_is_refused(house):
    client = citizen(house)
    answer_all(house, client)
    first, other = quarter_named(house, "Lissasfa"), quarter_named(house, "Hay Salam")
    with house.transactions.reading() as session:
        there = point_text(clicked_point(session.get_one(ComplaintQuarter, UUID(first)), 1, 287))
    post(client, "/complaints/new/place", place="Rue 9", quarter=other, at=there)
    with house.transactions.reading() as session:
        assert session.scalars(select(ComplaintDraft)).one().values["point"] == ""
    for wrong in ("<script>", "95, 200", "1e3, 2", "33.5,-7.6,1"):
        assert post(client, "/complaints/new/place", place="Rue 9", quarter=first, at=wrong).status_code == 422
        assert client.get(f"/complaints/map/{first}.svg", query_string={"at": wrong}).status_code == 404
