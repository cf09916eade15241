"""Senders of earlier letters: found by any word of their names, and only as far as one may know of their letters."""

from __future__ import annotations

import pytest

from docflow.accounts.visibility import Confidentiality
from docflow.registry import senders
from docflow.registry.operations import Arrival
from docflow.registry.senders import known_senders
from tests.conftest import actor
from tests.factories.registry import registered


def known(runtime, typed, *, by="clerk2"):
    with runtime.transactions.reading() as session:
        return [(sender.name, sender.shown_count) for sender in known_senders(session, actor(runtime, by), typed)]


def test_a_sender_is_known_however_the_name_is_typed_and_only_by_letters_one_may_know_of(runtime, clock):
    registered(runtime, sender="محمد الإدريسي العلوي")
    clock.move(seconds=1)
    registered(runtime, sender="محمد الادريسي العلوى")
    clock.move(seconds=1)
    registered(
        runtime,
        sender="محمد الإدريسي العلوي",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(actor(runtime, "president").person_id,)),
    )

    assert known(runtime, "الإدريسي") == [("محمد الادريسي العلوى", "2")]
    assert known(runtime, "محمد ال", by="president") == [("محمد الإدريسي العلوي", "3")]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("soc", ["Société Éclair Maroc"]),
        ("ECLAIR", ["Société Éclair Maroc"]),
        ("eclair mar", ["Société Éclair Maroc"]),
        ("lair", []),
        ("eclair soc", []),
        ("so", []),
        ("%%%", []),
    ],
)
def test_what_is_typed_begins_a_word_of_the_name(sqlite_runtime, typed, found):
    registered(sqlite_runtime, sender="Société Éclair Maroc")

    assert [name for name, _ in known(sqlite_runtime, typed)] == found


def test_those_of_most_letters_come_first_and_somebody_of_hidden_letters_alone_is_nobody(runtime, monkeypatch):
    monkeypatch.setattr(senders, "MOST_LETTERS", 2)
    monkeypatch.setattr(senders, "MOST_SENDERS", 2)
    for name in ("Amine Alaoui", "Amine Bennis", "Amine Bennis", "Amine Chraibi", "Amine Chraibi", "Amine Chraibi"):
        registered(runtime, sender=name)
    for _ in range(3):
        registered(
            runtime,
            sender="Amine Zniber",
            confidentiality=Confidentiality.CONFIDENTIAL,
            arrival=Arrival(named_people=(actor(runtime, "president").person_id,)),
        )

    assert known(runtime, "amine") == [("Amine Bennis", "2+"), ("Amine Chraibi", "2+")]
    assert known(runtime, "amine z") == []
    assert known(runtime, "amine z", by="president") == [("Amine Zniber", "2+")]


def test_a_name_longer_than_what_is_kept_is_found_by_its_words(sqlite_runtime):
    name = " ".join(f"Mot{number}" for number in range(30))
    registered(sqlite_runtime, sender=name)

    assert known(sqlite_runtime, "mot29") == [(name, "1")]
    assert known(sqlite_runtime, name) == [(name, "1")]
