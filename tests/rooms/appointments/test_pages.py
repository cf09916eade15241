"""The pages: a citizen books, shows, moves and cancels without an account; a desk works; strangers see nothing."""

from __future__ import annotations

import re

import pytest

from docflow.allowances.rules import MOST_IN_WINDOW, Purpose
from docflow.app import create_public_app
from tests.factories.offices import office
from tests.factories.sessions import signed_in_client, token_of


@pytest.fixture
def site(sqlite_runtime):
    where = office(sqlite_runtime, places=1)
    return sqlite_runtime, where, create_public_app(sqlite_runtime).test_client()


def posted(client, path, **form):
    form["csrf_token"] = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/track").get_data(as_text=True))[
        1
    ]
    return client.post(path, data=form)


def values(page, name):
    return re.findall(rf'name="{name}" value="([^"]*)"', page)


def test_a_citizen_books_shows_moves_and_cancels_in_both_languages_without_scripts(site):
    _runtime, where, client = site
    assert where.name_fr in client.get("/appointments", headers={"Accept-Language": "fr"}).get_data(as_text=True)
    assert where.name_ar in client.get("/appointments", headers={"Accept-Language": "ar"}).get_data(as_text=True)
    page = client.get(f"/appointments/{where.code}?day=2026-03-04").get_data(as_text=True)
    assert values(page, "slot")[0] == "2026-03-04/540"
    key = values(page, "key")[0]
    nobody = posted(client, f"/appointments/{where.code}", slot="2026-03-04/540", key=key, name=" ")
    assert (nobody.status_code, key in nobody.get_data(as_text=True)) == (422, True)
    unreachable = posted(client, f"/appointments/{where.code}", slot="2026-03-04/540", key=key, name="N", phone="061")
    assert (unreachable.status_code, 'href="#phone"' in unreachable.get_data(as_text=True)) == (422, True)
    made = posted(client, f"/appointments/{where.code}", slot="2026-03-04/540", key=key, name="<b>Nadia</b>")
    page = made.get_data(as_text=True)
    number, secret = values(page, "number")[0], values(page, "secret")[0]
    assert made.headers["Cache-Control"] == "private, no-store"
    full = posted(client, f"/appointments/{where.code}", slot="2026-03-04/540", key=values(
        client.get(f"/appointments/{where.code}").get_data(as_text=True), "key")[0], name="Autre")  # fmt: skip
    assert full.status_code == 409
    assert "2026-03-04/540" not in values(full.get_data(as_text=True), "slot")
    held = {"number": number, "secret": secret}
    assert f'value="{number}"' in client.get(f"/appointments/mine/{number}").get_data(as_text=True)
    shown = posted(client, "/appointments/mine", **held, day="2026-03-05").get_data(as_text=True)
    assert ("<b>Nadia</b>" in shown, "2026-03-05/555" in values(shown, "slot")) == (False, True)
    moved = posted(client, "/appointments/mine/move", **held, slot="2026-03-05/555")
    assert (moved.status_code, "05/03/2026" in moved.get_data(as_text=True)) == (200, True)
    paper = posted(client, "/appointments/mine/paper", **held)
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert "chip--warn" in posted(client, "/appointments/mine/cancel", **held).get_data(as_text=True)
    assert posted(client, "/appointments/mine/move", **held, slot="2026-03-05/570").status_code == 409


def test_a_wrong_number_and_a_wrong_secret_get_one_answer_and_only_so_many(site):
    _runtime, where, client = site
    page = client.get(f"/appointments/{where.code}").get_data(as_text=True)
    made = posted(
        client, f"/appointments/{where.code}", slot=values(page, "slot")[0], key=values(page, "key")[0], name="N"
    )
    number, secret = (values(made.get_data(as_text=True), name)[0] for name in ("number", "secret"))
    wrong = [{"number": number, "secret": "0" * 10}, {"number": "RDV-2026-999999", "secret": secret}]
    told = [posted(client, "/appointments/mine", **one) for one in wrong]
    said = {re.search("data-error-summary.*?</div></div>", one.get_data(as_text=True), re.S)[0] for one in told}
    assert ([one.status_code for one in told], len(said)) == ([404, 404], 1)
    for path in ("move", "cancel", "paper"):
        assert posted(client, f"/appointments/mine/{path}", **wrong[0]).status_code == 404
    for _ in range(MOST_IN_WINDOW[Purpose.SECRET]):
        last = posted(client, "/appointments/mine", **wrong[0])
    assert last.status_code == 429


def test_one_address_books_only_so_many_and_unknown_offices_are_not_found(site):
    _runtime, where, client = site
    slots = values(client.get(f"/appointments/{where.code}").get_data(as_text=True), "slot")
    statuses = []
    for at in range(MOST_IN_WINDOW[Purpose.BOOKING] + 1):
        day, minute = 2 + at // 4, 540 + 15 * (at % 4)
        if day in {7, 8}:
            day += 2
        key = f"00000000-0000-0000-0000-{at:012}"
        wanted = f"2026-03-{day + 1:02}/{minute}"
        statuses.append(posted(client, f"/appointments/{where.code}", slot=wanted, key=key, name="N").status_code)
    assert slots
    assert statuses[-1] == 429
    assert statuses.count(200) == MOST_IN_WINDOW[Purpose.BOOKING]
    assert client.get("/appointments/nowhere").status_code == 404
    assert client.get("/display/nowhere").status_code == 404


def test_a_desk_calls_and_the_hall_shows_numbers_in_both_languages_at_once(site):
    runtime, where, public = site
    desk = signed_in_client(runtime, "counter")
    page = desk.get("/desks", follow_redirects=True).get_data(as_text=True)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]

    def act(action, **form):
        return desk.post(f"/desks/{where.id}", data={"csrf_token": token, "action": action, **form})

    assert act("next").status_code == 409
    given = act("ticket", priority="1")
    ticket_page = desk.get(given.location).get_data(as_text=True)
    assert "A001" in ticket_page
    paper = desk.get(re.search(r'href="(/desks/[^"]+\.pdf)"', ticket_page)[1])
    assert paper.data[:5] == b"%PDF-"
    assert act("sit", desk="2").status_code == 303
    assert act("next").status_code == 303
    hall = public.get(f"/display/{where.code}").get_data(as_text=True)
    assert re.search(r"A001</bdi></td><td><bdi>2<", hall)
    assert (where.name_ar in hall, where.name_fr in hall, 'http-equiv="refresh"' in hall) == (True, True, True)
    assert desk.get("/search").status_code == 403


def test_figures_and_hours_are_for_those_who_head_the_unit(site):
    runtime, where, _public = site
    head, stranger, admin = (signed_in_client(runtime, name) for name in ("head2", "head", "admin"))
    for path in ("attendance", "appointments"):
        assert head.get(f"/desks/{where.id}/{path}").status_code == 200
        assert stranger.get(f"/desks/{where.id}/{path}").status_code == 404
        assert admin.get(f"/desks/{where.id}/{path}").status_code == 403
    assert where.name_fr in head.get("/desks/plan", headers={"Accept-Language": "fr"}).get_data(as_text=True)
    assert where.name_fr not in stranger.get("/desks/plan").get_data(as_text=True)
    assert [one.get(f"/admin/offices/{where.id}").status_code for one in (head, stranger, admin)] == [200, 404, 200]
    form = {"csrf_token": token_of(head), "version": where.version, "action": "hours", "desk_count": "2"}
    form |= {"slot_minutes": "20", "horizon_days": "10", "start-0-0": "8h", "end-0-0": "12:00", "places-0-0": "3"}
    assert head.post(f"/admin/offices/{where.id}", data=form | {"end-0-0": "midi"}).status_code == 422
    assert head.post(f"/admin/offices/{where.id}", data=form).status_code == 303
    assert (
        stranger.post(f"/admin/offices/{where.id}", data=form | {"csrf_token": token_of(stranger)}).status_code == 403
    )
