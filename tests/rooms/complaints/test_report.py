"""The yearly report equals what somebody counts by hand, over what they may know of; the open data names nobody."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import timedelta

import pypdfium2
import pytest
from openpyxl import load_workbook

from docflow.accounts.queries import OPERATOR
from docflow.complaints.figures import cases_of, figures_of
from docflow.complaints.models import Complaint, ComplaintOutcome
from docflow.complaints.queries import categories
from docflow.complaints.rules import ComplaintKind, JoinKind, Origin, Outcome
from docflow.core.actor import SYSTEM
from docflow.core.clock import CASABLANCA
from tests.conftest import actor
from tests.factories.complaints import open_deposit
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of

CASES = 14
ONCE_EACH = ("Par nature", "Par mode de dépôt", "Par objet", "Par entité", "Par suite donnée", "Par mois")
UNITS = ("TRV", "ECL", "EC")


@pytest.fixture
def year(sqlite_runtime):
    """Complaints of a year, each with its own fate, and what was decided for each."""
    runtime = sqlite_runtime
    open_deposit(runtime)
    chance = random.Random(17)
    made = []
    for number in range(CASES):
        unit = chance.choice(UNITS)
        with runtime.transactions.reading() as session:
            category = chance.choice(categories(session, active_only=True))
        entry = registered(runtime, register="complaints", unit_id=unit_id(runtime, unit), subject="Un sujet secret")
        fate = {
            "unit": unit, "category": category.name_fr, "kind": chance.choice(list(ComplaintKind)),
            "origin": chance.choice(list(Origin)), "reopened": chance.randrange(2),
            "days": chance.choice([None, 3, 20, 59, 80]), "solved": chance.choice([None, True, False]),
            "rating": chance.choice([None, 1, 5]),
            "outcome": chance.choice([one for one in Outcome if one is not Outcome.DUPLICATE]),
        }  # fmt: skip
        with runtime.transactions.writing(SYSTEM) as uow:
            complaint = Complaint(
                entry_id=entry.id, document_id=entry.document_id, kind=fate["kind"], origin=fate["origin"],
                category_id=category.id, language="fr", deposited_at=entry.arrived_at, reopened_count=fate["reopened"],
                place="Un lieu secret", text="Un texte secret", email="secret@example.ma",
            )  # fmt: skip
            uow.session.add(complaint)
            uow.session.flush()
            if fate["days"] is not None:
                answered_at = entry.arrived_at + timedelta(days=fate["days"])
                complaint.answered_at = answered_at
                uow.session.add(
                    ComplaintOutcome(
                        complaint_id=complaint.id,
                        outcome=fate["outcome"],
                        reason="Un motif secret",
                        answered_at=answered_at,
                        proposed_at=answered_at,
                        proposed_by_name="",
                        is_solved=fate["solved"],
                        rating=fate["rating"],
                    )
                )
            if number == CASES - 1:
                complaint.main_id, complaint.join_kind = made[0][0], JoinKind.DUPLICATE
        made.append((complaint.id, fate, entry))
        runtime.clock.move(days=9)
    return runtime, made


def test_every_figure_equals_what_is_counted_by_hand(year):
    runtime, made = year
    with runtime.transactions.reading() as session:
        cases = cases_of(session, actor(runtime, "director"), 2026, now=runtime.clock.now())
        figures = figures_of(2026, cases)
        names = {one.id: one.name_fr for one in categories(session, active_only=False)}
    fates = [fate for _, fate, _ in made]
    # The last one is answered with the first one, and is nobody's to rate.
    joined = {**fates[-1], "days": fates[0]["days"], "outcome": Outcome.DUPLICATE, "solved": None, "rating": None}
    fates = [*fates[:-1], joined]
    answered = [fate for fate in fates if fate["days"] is not None]
    told = [fate for fate in answered if fate is not joined]
    assert (figures.total, figures.answered) == (CASES, len(answered))
    assert figures.by_kind == Counter(fate["kind"] for fate in fates)
    assert figures.by_origin == Counter(fate["origin"] for fate in fates)
    assert {names[key]: count for key, count in figures.by_category.items()} == Counter(f["category"] for f in fates)
    assert figures.by_unit == Counter(unit_id(runtime, fate["unit"]) for fate in fates)
    outcomes = [fate["outcome"] if fate in answered or fate is joined else None for fate in fates]
    assert figures.by_outcome == Counter(outcomes)
    assert figures.reopened == sum(fate["reopened"] for fate in fates)
    assert (figures.solved, figures.unsolved) == tuple(
        sum(fate["solved"] is value for fate in told) for value in (True, False)
    )
    rated = [fate["rating"] for fate in told if fate["rating"]]
    assert figures.mean_rating == (sum(rated) / len(rated) if rated else None)
    assert figures.by_rating == Counter(fate["rating"] if fate in told else None for fate in fates)
    arrived = [entry.arrived_at.astimezone(CASABLANCA).date() for _, _, entry in made]
    assert figures.by_month == Counter(day.month for day in arrived)
    days = [days_of(fate["days"], arrived, joined=fate is joined) for fate in fates]
    assert figures.by_delay == Counter(None if one is None else upper_end(one) for one in days)
    known = [one for one in days if one is not None]
    assert figures.mean_days == sum(known) / len(known)
    today = runtime.clock.now().astimezone(CASABLANCA).date()
    waited = [(today - day).days if one is None else one for one, day in zip(days, arrived, strict=True)]
    # Nothing was answered or waits between 60 and 70 days: whatever feast a term ends on, the two agree.
    assert all(one <= 60 or one > 70 for one in waited)
    assert figures.late == sum(one > 70 for one in waited)


def days_of(days, arrived, *, joined):
    """Return the days until an answer; one that was joined is answered with the first, never before it came."""
    return max(0, (arrived[0] - arrived[-1]).days + days) if joined and days is not None else days


def upper_end(days):
    return next((end for end in (7, 15, 30, 60) if days <= end), 0)


def test_what_is_late_is_counted_by_the_term_of_the_decree(year):
    runtime, made = year
    with runtime.transactions.reading() as session:
        cases = cases_of(session, OPERATOR, 2026, now=runtime.clock.now())
    for (_, fate, _), case in list(zip(made, cases, strict=True))[:-1]:
        # 59 days are within the term and 80 beyond it, whatever feast it ends on.
        if fate["days"] is not None:
            assert case.is_late is (fate["days"] > 70)


def test_a_head_counts_what_is_below_and_an_empty_year_is_a_report_too(year):
    runtime, made = year
    with runtime.transactions.reading() as session:
        now = runtime.clock.now()
        below = cases_of(session, actor(runtime, "head"), 2026, now=now)
        assert cases_of(session, actor(runtime, "director"), 2025, now=now) == []
    assert len(below) == sum(fate["unit"] in {"TRV", "ECL"} for _, fate, _ in made)


def test_it_is_made_in_one_click_as_pdf_and_xlsx_and_the_open_data_names_nobody(year):
    runtime, made = year
    client = signed_in_client(runtime, "director")
    form = {"csrf_token": token_of(client), "year": "2026"}
    pdf, xlsx, data = (client.post(f"/complaints/report.{one}", data=form) for one in ("pdf", "xlsx", "csv"))
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf.data))
    assert ("2026" in text, "Hors délai légal" in text, "Éclairage" in text or "Voirie" in text) == (True, True, True)
    rows = list(load_workbook(io.BytesIO(xlsx.data)).active.iter_rows(values_only=True))
    assert ("المودعة", CASES, "Déposées") in [row[1:4] for row in rows]
    sums = Counter()
    for row in rows[1:]:
        sums[row[4]] += row[2] if isinstance(row[2], int) else 0
    # Every complaint stands on one line of each of these tables; of delays only the answered ones do.
    assert {sums[title] for title in ONCE_EACH} == {CASES}
    lines = list(csv.DictReader(io.StringIO(data.data.decode("utf-8-sig"))))
    assert len(lines) == CASES
    assert Counter(line["kind"] for line in lines) == Counter(fate["kind"].value for _, fate, _ in made)
    for secret in ("secret", "R-2026", "/03/2026", str(made[0][0])):
        assert secret not in data.data.decode()
    page = client.get("/complaints/report?year=2026").get_data(as_text=True)
    assert "التقرير" in page or "Rapport" in page
    agent = signed_in_client(runtime, "agent")
    assert agent.get("/complaints/report").status_code == 403
