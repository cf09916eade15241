"""The static audit stays in the gate: its rules are chosen, nothing that ships is left out, exceptions give reasons."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_SHIPPED = {"tests/**", "benchmarks/**"}
EXCEPTION = re.compile(r"#\s*noqa:[^#\n]*\bS\d{3}\b[A-Z0-9, ]*(.*)")


def test_the_rules_of_bandit_are_chosen_for_everything_that_ships() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert {"S", "PLE2502", "PLE251"} <= set(lint["select"])
    assert not [rule for rule in lint["ignore"] if rule.startswith("S") and rule[1:].isdigit()]
    left_out = {place for place, rules in lint["per-file-ignores"].items() if "S" in rules}
    assert left_out == NOT_SHIPPED
    assert "ruff check ." in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_exception_from_them_gives_its_reason() -> None:
    for folder in ("docflow", "workers", "migrations"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                found = EXCEPTION.search(line)
                assert not found or len(found[1].strip(" -()")) >= 8, f"{path.relative_to(ROOT)}:{number}"


@pytest.mark.parametrize(("use", "tool"), [("audit", "pip-audit"), ("training", "jax")])
def test_tools_with_an_environment_of_their_own_are_pinned_with_hashes(use: str, tool: str) -> None:
    text = (ROOT / f"requirements-{use}.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9_.-]+)==", text, re.M)
    assert tool in pinned
    assert all(re.search(rf"^{re.escape(name)}==[^\\\n]+ \\\n    --hash=sha256:", text, re.M) for name in pinned)
