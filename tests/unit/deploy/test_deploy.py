"""What is needed to run Relevo in containers fits together, and with the code."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from ruamel.yaml import YAML

from services.cli.settings import known_settings
from services.parts import NAMES, build, settings_class
from shared.bus import open_bus
from tests.support.compose import faults

DEPLOY = Path(__file__).parents[3] / "deploy"
COMPOSE = ["compose.yaml", "compose.kafka.yaml"]
OURS = ("relevo", "ingest", "handoff", "notify")


def read(name: str) -> dict[str, Any]:
    """Return a compose file; ruamel resolves its anchors and merges."""
    found: dict[str, Any] = YAML(typ="safe").load((DEPLOY / name).read_text())
    return found


def services(name: str) -> dict[str, dict[str, Any]]:
    return dict(read(name)["services"])


def has_docker_compose() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    asked = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return asked.returncode == 0


def refused(file: Path) -> list[str]:
    """Return what Docker Compose says against a file, where there is one to ask."""
    if not has_docker_compose():
        return []
    checked = subprocess.run(
        ["docker", "compose", "-f", str(file), "config", "-q"],
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in checked.stderr.splitlines() if line] + (
        [f"code {checked.returncode}"] if checked.returncode else []
    )


@pytest.mark.parametrize("name", COMPOSE)
def test_docker_compose_takes_the_file(name):
    """``docker compose config -q`` where it is installed, our own reading of the rules anyhow."""
    assert faults(DEPLOY / name) + refused(DEPLOY / name) == []


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("read_only:", "readonly:", "readonly: Extra inputs are not permitted"),
        ("30s", "30 s", "stop_grace_period: String should match pattern"),
        ('"8480"\n', "8480\n", "RELEVO_PORT: Input should be a valid string"),
        ("- data:/data", "- dta:/data", "dta is not declared"),
        ("unless-stopped", "unless-stoped", "restart: Input should be 'no', 'always'"),
        ("${RELEVO_VERSION:-0.1.0}", "${RELEVO_VERSION}", "${RELEVO_VERSION} has no default"),
        ("deploy/Dockerfile", "deploy/Dockerfil", "does not exist"),
    ],
)
def test_a_mistake_in_a_compose_file_is_found(tmp_path, written, instead, fault):
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "Dockerfile").touch()
    text = (DEPLOY / "compose.yaml").read_text()
    assert written in text
    file = tmp_path / "deploy" / "compose.yaml"
    file.write_text(text.replace(written, instead))

    found = faults(file)
    assert len(found) >= 1
    assert all(fault in one for one in found)


@pytest.mark.parametrize("name", COMPOSE)
def test_our_containers_have_no_rights_they_do_not_need(name):
    ours = {key: one for key, one in services(name).items() if key in (*OURS, "migrate")}

    for service in ours.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["user"] == "10001:10001"


@pytest.mark.parametrize("name", COMPOSE)
def test_everything_that_stays_has_a_health_check_and_time_to_end(name):
    for key, service in services(name).items():
        if key == "migrate":
            continue
        assert service["healthcheck"]["test"][0] == "CMD"
        assert key not in OURS or service["stop_grace_period"] == "30s"


def test_services_wait_for_the_migrations_and_the_migrations_for_the_database():
    file = services("compose.kafka.yaml")

    for name in NAMES:
        assert file[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
    assert file["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert file["migrate"]["restart"] == "no"


def test_each_service_can_be_scaled():
    for name in NAMES:
        service = services("compose.kafka.yaml")[name]

        assert "ports" not in service
        assert "container_name" not in service


@pytest.mark.parametrize("name", COMPOSE)
def test_the_settings_of_the_containers_exist(name):
    known = {setting.name for setting in known_settings()}

    for service in services(name).values():
        given = {key for key in service.get("environment", {}) if key.startswith("RELEVO_")}
        assert {key.removesuffix("_FILE") for key in given} <= known


def routes(service: str, directory: Path) -> Iterator[str]:
    """Yield a path for each route of a service, ids filled in."""
    url = f"sqlite:///{directory}"
    settings = settings_class(service)(database_url=url, bus_url=url)
    built = build(service, settings, open_bus(url))
    for context in iter_route_contexts(built.router.routes):
        if isinstance(context.original_route, APIRoute):
            yield re.sub(r"\{[^}]+\}", "x", context.path or "/")
    yield from (f"{path}x" if path.endswith("/") else path for _, path in built.hot)


@pytest.mark.parametrize("service", NAMES)
def test_the_front_sends_every_path_to_the_service_that_answers_it(service, tmp_path):
    config = (DEPLOY / "nginx.conf").read_text()
    rules = re.findall(r"^\s+~(\S+) (\w+);$", config, re.MULTILINE)
    default = re.findall(r"^\s+default (\w+);$", config, re.MULTILINE)

    paths = set(routes(service, tmp_path))
    wrong = {
        path
        for path in paths
        if next((to for rule, to in rules if re.search(rule, path)), default[0]) != service
    }

    assert len(paths) > 5
    assert wrong == set()


def test_the_image_is_built_from_hashed_pins_and_runs_without_rights():
    text = (DEPLOY / "Dockerfile").read_text()
    instructions = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    stages = instructions.split("FROM ${BASE_IMAGE}")

    assert "# syntax=" not in text
    assert stages[0].strip().startswith("ARG BASE_IMAGE=")
    assert len(stages) == 3
    assert "--require-hashes -r requirements/runtime.txt" in stages[1]
    assert "USER 10001:10001" in stages[2]
    assert "HEALTHCHECK" in stages[2]
    assert not re.search(r"\b(curl|wget|apt-get|gcc)\b", stages[2])


def test_everything_the_image_copies_exists():
    text = (DEPLOY / "Dockerfile").read_text()
    copied = [
        word
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for word in line.split()[:-1]
    ]

    assert [word for word in copied if not (DEPLOY.parent / word).exists()] == []


def test_secrets_are_made_once_and_fit_together(tmp_path):
    script = shutil.copy(DEPLOY / "make-secrets", tmp_path / "make-secrets")

    first = subprocess.run([script], capture_output=True, text=True, check=True)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    second = subprocess.run([script], capture_output=True, text=True, check=True)

    wanted = set(read("compose.kafka.yaml")["secrets"])
    assert set(made) == wanted
    assert first.stdout.count("made") == second.stdout.count("stays") == len(wanted)
    assert made == {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert made["database_password"] in made["database_url"]
    assert len(made["admin_key"]) >= 32
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
