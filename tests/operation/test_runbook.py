"""Every command of the runbook and of the page on operation exists, and every alert leads to a part of the runbook."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from docflow.cli import make_parser
from docflow.settings import Settings

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs" / "runbook.md"
PLAIN = re.compile(r"`((?:DOCFLOW_[A-Z_]+=\S+ )?docflow [^`]+)`")


def commands(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"^```\n(.*?)^```", text, re.M | re.S))
    inside = [line.split("#")[0] for line in blocks.splitlines() if re.match(r"(\S*/)?docflow ", line.strip())]
    return [*PLAIN.findall(re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)), *inside]


def titles() -> list[str]:
    return re.findall(r"^## (.+)$", RUNBOOK.read_text(encoding="utf-8"), re.M)


def anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", ["runbook.md"])
def test_every_command_and_option_of_the_page_exists(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = make_parser()
    written = commands(ROOT / "docs" / page)
    assert len(written) > 60
    for command in written:
        words = [word for word in shlex.split(command) if not word.startswith("DOCFLOW_")]
        try:
            parser.parse_args(words[1:])
        except SystemExit:
            pytest.fail(f"{command}: {capsys.readouterr().err}")


def test_every_setting_that_it_names_exists() -> None:
    named = set(re.findall(r"DOCFLOW_([A-Z0-9_]+)", RUNBOOK.read_text(encoding="utf-8")))
    assert named <= {name.upper() for name in Settings.model_fields}


def test_there_are_twenty_incidents_each_with_the_four_things_one_needs() -> None:
    parts = re.split(r"^## .+$", RUNBOOK.read_text(encoding="utf-8"), flags=re.M)[1:]
    assert len(parts) >= 20
    for title, part in zip(titles(), parts, strict=True):
        assert re.findall(r"^- \*\*(\w+):\*\*", part, re.M) == ["Said", "See", "Do", "Over"], title


def test_every_alert_leads_to_a_part_of_it() -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "docflow-alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    places = {anchor(title) for title in titles()}
    for rule in rules:
        assert rule["annotations"]["runbook"].partition("#")[2] in places, rule["alert"]
