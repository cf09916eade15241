"""The compose file follows the published schema, and names what exists: settings, secrets, services, volumes."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

import docflow.settings
from docflow.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
OURS = ("migrate", "staff", "public", "worker", "relay")
SERVERS = ("proxy", "database", "storage", "broker", "search")
KNOWN = {f"DOCFLOW_{name.upper()}" for name in Settings.model_fields}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_it_follows_the_schema_of_compose_files(compose):
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    validator = Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))

    assert [error.message for error in validator.iter_errors(compose)] == []
    compose_with_a_slip = compose | {"services": {"staff": {"imagee": "docflow"}}}
    assert not validator.is_valid(compose_with_a_slip)


def test_it_has_every_service_and_no_other(compose):
    assert set(compose["services"]) == {*OURS, *SERVERS}


def test_its_environment_is_what_the_settings_know(compose):
    for service in compose["services"].values():
        named = {name for name in service.get("environment", {}) if name.startswith("DOCFLOW_")}
        assert named <= KNOWN
    for name in OURS:
        service = compose["services"][name]
        given = set(service["environment"]) | {secret.upper() for secret in service["secrets"]}
        # What the settings ask of several machines, from the environment or a file.
        assert given >= {
            *("DOCFLOW_DATABASE_URL", "DOCFLOW_STORAGE_URL", "DOCFLOW_BROKER_URL", "DOCFLOW_SECRET_KEY"),
            *("DOCFLOW_SEARCH_URL", "DOCFLOW_SHARED_HOME", "DOCFLOW_SECURE_COOKIES", "DOCFLOW_TRUSTED_PROXIES"),
        }, name


def test_the_image_sets_only_known_settings_and_has_what_running_needs():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    named = {word.split("=")[0] for word in text.split() if word.startswith("DOCFLOW_")}
    assert named
    assert named <= KNOWN
    needed = re.search(r"^RUN_PACKAGES := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert needed is not None
    last_stage = text.split("\nFROM ")[-1]
    for package in set(needed.group(1).split()) - {"python3-venv"}:
        assert f" {package} " in last_stage, package
    for folder in ("docflow", "workers", "migrations"):
        assert f"COPY {folder} {folder}" in text


def test_services_wait_for_services_that_exist_and_volumes_networks_and_secrets_are_declared(compose):
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            awaited = compose["services"][other]
            assert how["condition"] != "service_healthy" or "healthcheck" in awaited, (name, other)
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith("./") else source in compose["volumes"], name
        assert set(service["networks"]) <= set(compose["networks"]), name
        for secret in service.get("secrets", []):
            source = secret if isinstance(secret, str) else secret["source"]
            assert source in compose["secrets"], name


def test_every_server_is_pinned_tells_its_health_and_has_its_limits(compose):
    for name in SERVERS:
        service = compose["services"][name]
        assert re.search(r":[0-9]+\.[0-9]+", service["image"]), name
    for name in (*SERVERS, "staff", "public", "worker", "relay"):
        assert "healthcheck" in compose["services"][name], name
    for name, service in compose["services"].items():
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name


def test_nothing_but_the_proxy_can_be_reached_from_outside(compose):
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["data"]["internal"] is True
    for name in ("database", "storage", "broker", "search"):
        assert compose["services"][name]["networks"] == ["data"], name
    assert "data" not in compose["services"]["proxy"]["networks"]


def test_no_secret_is_written_in_the_file(compose):
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"://[^@\s]+:[^@\s]+@", text)
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            is_secret = re.search("PASSWORD|SECRET|KEY|TOKEN|PASS", name)
            assert not is_secret or str(value).startswith("/run/secrets/"), name


def test_the_script_makes_every_secret_and_the_settings_read_them(compose, tmp_path, monkeypatch):
    folder = tmp_path / "secrets"
    script = ROOT / "deploy" / "make-secrets.sh"
    subprocess.run([script, folder], check=True)

    assert folder.stat().st_mode & 0o077 == 0
    assert {f"./secrets/{path.name}" for path in folder.iterdir()} == {
        secret["file"] for secret in compose["secrets"].values()
    }
    assert subprocess.run([script, folder], check=False, capture_output=True).returncode == 1

    monkeypatch.setattr(docflow.settings, "SECRETS_FOLDER", folder)
    for name, value in compose["services"]["staff"]["environment"].items():
        monkeypatch.setenv(
            name,
            re.sub(
                r"\$\{STAFF_HOST.*?\}|\$\{PUBLIC_HOST.*?\}", "docflow.test", value.replace("${DOCFLOW_DEMO:-0}", "0")
            ),
        )
    settings = load_settings()
    password = (folder / "database_password").read_text()
    assert len(password) == 40
    assert settings.database_address == f"postgresql://docflow:{password}@database/docflow"
    (identity,) = json.loads((folder / "storage_identities").read_text())["identities"]
    assert f":{identity['credentials'][0]['secretKey']}@storage:8333/" in settings.storage_address
    assert (
        f"default_pass = {settings.broker_address.split(':')[2].split('@')[0]}"
        in (folder / "broker_account").read_text()
    )
    assert settings.secret_key is not None
    assert len(settings.secret_key.get_secret_value()) == 40
    # The environment comes before a file.
    monkeypatch.setenv("DOCFLOW_BROKER_URL", "amqp://other/")
    assert load_settings().broker_address == "amqp://other/"


def test_the_proxy_leads_to_both_sites_and_keeps_the_figures_inside():
    text = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert re.findall(r"reverse_proxy (\S+)", text) == ["staff:8000", "public:8001"]
    assert text.count("import site") == 2
    assert "respond @inside 404" in text
    assert text.count("{") == text.count("}")
