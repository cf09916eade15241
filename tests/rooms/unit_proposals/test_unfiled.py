"""Pages that are only read have a probable unit too."""

from __future__ import annotations

import json
from pathlib import Path

from docflow.accounts.queries import OPERATOR
from docflow.cli import main
from docflow.unit_proposals.unfiled import Experience, experience_of, probable_unit
from tests.conftest import run_jobs
from tests.factories.documents import change, read_document, unit_id
from tests.rooms.ocr.letters import page

LIGHT = "L'éclairage public est en panne, {} lampadaires de la rue sont éteints et un poteau est incliné."
CIVIL = "Je demande {} copies intégrales de mon acte de naissance et un extrait du livret de famille."


def test_the_unit_is_boxed_at_the_word_that_speaks_most_for_it(runtime):
    for text, unit in ((LIGHT, "ECL"), (CIVIL, "EC")):
        for number in range(3, 7):
            change(runtime, read_document(runtime, text.format(number)), unit_id=unit_id(runtime, unit))
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        experience = experience_of(session, OPERATOR)

    found = probable_unit([page("garde"), page(LIGHT.format(9))], experience, subject="Panne de lampadaires")

    assert (found.value, found.page_number) == ("ECL", 2)
    start = LIGHT.format(9).index("lampadaires")
    assert found.box == (10 * start, 0, 10 * (start + len("lampadaires")), 40)
    assert probable_unit([page("inauguration d'une bibliothèque")], experience, subject="") is None
    assert probable_unit([page(LIGHT.format(9))], Experience(), subject="") is None


def test_reading_where_there_is_no_database_makes_none(tmp_path: Path, monkeypatch, capsys):
    home = tmp_path / "home"
    monkeypatch.setenv("DOCFLOW_HOME", str(home))
    scan = Path(__file__).parents[2] / "golden" / "scans" / "fr_poor_2029_0000.jpg"

    assert main(["read", str(scan), "--json"]) == 0

    assert "unit" not in json.loads(capsys.readouterr().out)["fields"]
    assert list(home.iterdir()) == []
