"""The example dashboard and alerts name what the product tells, and alerts lead into the runbook."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from docflow.bootstrap import Runtime
from docflow.measures import Watch
from docflow.web.request_counts import RequestCounts

DEPLOY = Path(__file__).parents[2] / "deploy"
NAMED = re.compile(r"\bdocflow_[a-z0-9_]+")


@pytest.fixture
def told(sqlite_runtime: Runtime, tmp_path: Path) -> dict[str, str]:
    """Everything that is told, by name, with its kind."""
    counts = RequestCounts(tmp_path / "metrics")
    counts.count(site="staff", method="GET", route="/", status=200, took_s=0.1)
    text = Watch(sqlite_runtime, counts).told().decode()
    counts.close()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    return kinds | {
        f"{name}_{part}": kind
        for name, kind in kinds.items()
        if kind == "histogram"
        for part in ("bucket", "count", "sum")
    }


def expressions() -> dict[str, str]:
    rules = yaml.safe_load((DEPLOY / "docflow-alerts.yml").read_text(encoding="utf-8"))
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    alerts = {rule["alert"]: rule["expr"] for group in rules["groups"] for rule in group["rules"]}
    panels = {panel["title"]: " ; ".join(target["expr"] for target in panel["targets"]) for panel in board["panels"]}
    return alerts | panels


def test_every_figure_that_a_panel_or_an_alert_names_is_told(told: dict[str, str]) -> None:
    for where, expression in expressions().items():
        named = set(NAMED.findall(expression))
        assert named or expression == 'up{job="docflow"} == 0', where
        assert named <= set(told), f"{where}: {named - set(told)}"
        for name in re.findall(r"(?:rate|increase)\((docflow_[a-z0-9_]+)", expression):
            assert told[name] in {"counter", "histogram"}, f"{where}: {name} is no counter"


def test_every_alert_says_how_bad_it_is_and_what_to_do() -> None:
    rules = yaml.safe_load((DEPLOY / "docflow-alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
        assert rule["annotations"]["summary"].endswith("."), rule["alert"]
        assert rule["annotations"]["runbook"].startswith("docs/runbook.md#"), rule["alert"]


def test_the_panels_of_the_dashboard_lie_beside_each_other() -> None:
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        squares = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not squares & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= squares


def test_prometheus_is_told_to_read_the_alerts() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))
    assert all((DEPLOY / name).is_file() for name in config["rule_files"])
