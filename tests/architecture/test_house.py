"""The house keeps its rules: guards, consumers, documented settings and errors, migrations, sizes."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import docflow.models
from docflow.app import create_public_app, create_staff_app
from docflow.bootstrap import CAPABILITIES
from docflow.core.db import Base, open_engine
from docflow.schema import alembic_config, migrate
from docflow.settings import Settings
from docflow.texts import error_texts
from docflow.web.guards import guard_of
from docflow.web.problem import SHELL_ERROR_TEXTS
from tests.conftest import admin_execute
from tests.servers import PrivateServers

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "docflow").rglob("*.py")), *sorted((ROOT / "workers").rglob("*.py"))]
ERROR_CLASSES = {
    "DocFlowError", "InvalidInput", "NotFound", "PermissionDenied", "Conflict", "TooManyRequests", "Unavailable",
    "PermanentJobError",
}  # fmt: skip
PERMISSIONS = {permission for entry in CAPABILITIES for permission in [item.permission for item in entry.menu]}


@cache
def trees():
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES]


def raised_codes():
    """Every error code written in the code, with where."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in ERROR_CLASSES
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield node.args[0].value, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_route_of_both_sites_declares_its_guard(sqlite_runtime):
    for app in (create_staff_app(sqlite_runtime), create_public_app(sqlite_runtime)):
        for rule in app.url_map.iter_rules():
            assert guard_of(app.view_functions[rule.endpoint]) is not None, rule.endpoint


def test_every_writing_route_of_the_staff_site_needs_a_permission_or_is_about_oneself(sqlite_runtime):
    about_oneself = {
        "accounts.code",
        "accounts.enter",
        "accounts.factor",
        "accounts.key_entry",
        "accounts.key_options",
        "accounts.key_proof",
        "accounts.leave",
        "accounts.password",
        "accounts.own",
        "accounts.sessions",
        "admin.first_start",  # by a code, while there is no account
        "notifications.read",
        "shell.change_language",
        "shell.stay",
    }
    app = create_staff_app(sqlite_runtime)
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint not in about_oneself:
            assert guard_of(app.view_functions[rule.endpoint]).permission, rule.endpoint


def test_every_job_name_asked_for_has_a_consumer():
    handled = {name for capability in CAPABILITIES for name in capability.jobs}
    asked = {job.name for capability in CAPABILITIES for job in capability.periodic}
    for _path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "JobRequest":
                asked |= {
                    keyword.value.value
                    for keyword in node.keywords
                    if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
                }
    assert asked
    assert asked <= handled


def test_every_error_code_has_a_text_and_is_documented():
    documented = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    known = set(error_texts()) | set(SHELL_ERROR_TEXTS)
    for code, where in raised_codes():
        assert code in known, f"{code} has no text ({where})"
        assert f"`{code}`" in documented, f"{code} is not in docs/errors.md ({where})"


def recorded_acts():
    """Every act in the code: its verb, or none when that is not written there, its kinds of subject, its values."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "uow.record":
                verb = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
                named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                kind = named.pop("subject_kind")
                named.pop("subject_id")
                kinds = {
                    part.value
                    for part in ([kind.body, kind.orelse] if isinstance(kind, ast.IfExp) else [kind])
                    if isinstance(part, ast.Constant)
                }
                yield f"{path.relative_to(ROOT)}:{node.lineno}", verb, kinds, set(named)


def test_every_act_can_be_explained_to_an_auditor():
    phrases = {verb for room in CAPABILITIES for verb in room.journal_phrases}
    kinds = {kind for room in CAPABILITIES for kind in room.journal_subjects}
    acts = list(recorded_acts())
    assert acts
    for where, verb, subjects, values in acts:
        assert verb is None or verb in phrases, f"{verb} has no phrase ({where})"
        assert subjects, f"the kind of subject is not written where the act is ({where})"
        assert subjects <= kinds, f"no room says who may read lines about {subjects - kinds} ({where})"
        rooms = [room for room in CAPABILITIES if verb is None or verb in room.journal_phrases]
        unexplained = values - {name for room in rooms for name in room.journal_values}
        assert not unexplained, f"{unexplained} of {verb} is in no journal_values ({where})"


def test_every_setting_is_documented_and_no_other():
    documented = set(re.findall(r"^\| `DOCFLOW_([A-Z0-9_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.M))
    assert documented == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_models_equal_the_migrated_schema_and_migrations_go_down_and_up_again(kind, tmp_path):
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'schema.sqlite'}"
    else:
        admin_execute("CREATE DATABASE schema_test")
        url = PrivateServers.database_url("schema_test")
    engine = open_engine(url)
    try:
        migrate(engine)
        migrate(engine, revision="base")
        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
        migrate(engine)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
    finally:
        engine.dispose()
        if kind == "postgresql":
            admin_execute("DROP DATABASE schema_test WITH (FORCE)")


def test_migrations_are_numbered_in_one_line():
    revisions = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
    assert [int(revision[:4]) for revision in reversed(revisions)] == list(range(1, len(revisions) + 1))


def test_every_column_of_every_table_is_described_or_named_by_convention():
    assert docflow.models
    plain = {"id"}
    for path, tree in trees():
        if path.name != "models.py" or path.parent.name == "docflow":
            continue
        for table in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            body = table.body
            for node, after in zip(body, [*body[1:], None], strict=True):
                if isinstance(node, ast.AnnAssign) and "Mapped" in ast.unparse(node.annotation):
                    is_described = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                    assert is_described or node.target.id in plain, f"{path}: {table.name}.{node.target.id}"


def test_no_module_is_longer_than_one_sitting():
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not too_long


def test_no_room_imports_another_rooms_views():
    for path, tree in trees():
        room = path.relative_to(ROOT).parts[1] if path.parts[-2] != "docflow" else ""
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and re.fullmatch(r"docflow\.\w+\.views", node.module):
                assert room in {"", "cli"} or node.module.split(".")[1] == room, f"{path}: {node.module}"


def test_conditions_ask_of_a_boolean_plainly():
    # SQLite takes "IS 0" for another condition than the "= 0" of a partial index, and reads the whole table.
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "is_":
                (asked,) = node.args
                assert not isinstance(getattr(asked, "value", None), bool), f"{path}:{node.lineno}: write it plainly"


def test_nothing_in_the_repository_names_an_address_of_a_registry():
    pattern = re.compile(
        "|".join(("index" + "-url", "pypi" + r"\.org", "files.python" + "hosted", "registry.npm" + "js"))
    )
    for name in ("requirements.txt", "requirements-dev.txt", "Makefile", "Dockerfile", "pyproject.toml", ".ci/run"):
        assert not pattern.search((ROOT / name).read_text(encoding="utf-8")), name


def test_each_decision_of_the_house_has_a_number_of_its_own():
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert all(
        path.read_text(encoding="utf-8").startswith(f"# {int(path.name[:4])}. ")
        for path in (ROOT / "docs" / "adr").glob("*.md")
    )
