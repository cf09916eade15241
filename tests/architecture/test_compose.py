"""The compose file names what exists: settings, services, volumes, health."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from docflow.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_its_environment_is_what_the_settings_know(compose):
    known = {f"DOCFLOW_{name.upper()}" for name in Settings.model_fields}
    for service in compose["services"].values():
        named = {name for name in service.get("environment", {}) if name.startswith("DOCFLOW_")}
        assert named <= known


def test_the_image_sets_only_known_settings():
    known = {f"DOCFLOW_{name.upper()}" for name in Settings.model_fields}
    words = (ROOT / "Dockerfile").read_text(encoding="utf-8").split()
    named = {word.split("=")[0] for word in words if word.startswith("DOCFLOW_")}
    assert named
    assert named <= known


def test_services_wait_for_services_that_exist_and_volumes_are_declared(compose):
    for name, service in compose["services"].items():
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], name


def test_every_server_is_pinned_tells_its_health_and_listens_on_the_loopback_only(compose):
    for name in ("staff", "public", "database", "storage"):
        service = compose["services"][name]
        assert "healthcheck" in service, name
        assert ":" in service["image"], name
        assert not service["image"].endswith(":latest"), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_no_secret_is_written_in_the_file():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for line in text.splitlines():
        if "PASSWORD" in line or "SECRET" in line:
            assert "${" in line or line.lstrip().startswith("#"), line
