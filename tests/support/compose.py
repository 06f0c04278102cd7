"""What a compose file of ours may hold: for machines without Docker Compose.

The part of the Compose Specification our files use, and no more: a key that is not here is
refused like a misspelt one. Who needs another one reads the specification and adds it.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML

VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(:-([^}]*))?\}|\$(?!\{|\$)(\w+)")

Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]+$")]
Duration = Annotated[str, Field(pattern=r"^(\d+(h|m|s|ms|us))+$")]
Size = Annotated[str, Field(pattern=r"^\d+(b|k|m|g|kb|mb|gb)?$")]
Port = Annotated[str, Field(pattern=r"^(\d{1,3}(\.\d{1,3}){3}:)?\d{1,5}:\d{1,5}(/tcp|/udp)?$")]
Mount = Annotated[str, Field(pattern=r"^(\.{0,2}/)?[\w./-]+:/[\w./-]*(:(ro|rw))?$")]
Tmpfs = Annotated[str, Field(pattern=r"^/[\w/-]+(:[\w=,]+)?$")]
User = Annotated[str, Field(pattern=r"^\w+(:\w+)?$")]
Condition = Literal["service_started", "service_healthy", "service_completed_successfully"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Build(Strict):
    context: str
    dockerfile: str


class EnvFile(Strict):
    path: str
    required: bool = True


class Dependency(Strict):
    condition: Condition


class HealthCheck(Strict):
    test: list[str] = Field(min_length=2)
    interval: Duration
    timeout: Duration
    retries: int = Field(gt=0)
    start_period: Duration | None = None


class Logging(Strict):
    driver: Name
    options: dict[Name, str]


class Service(Strict):
    image: Annotated[str, Field(pattern=r"^[a-z0-9./_-]+(:[\w.-]+)?$")]
    build: Build | None = None
    command: list[str] | None = None
    depends_on: dict[Name, Dependency] = {}
    env_file: list[EnvFile] = []
    environment: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], str] = {}
    healthcheck: HealthCheck | None = None
    logging: Logging
    networks: list[Name] = []
    ports: list[Port] = []
    secrets: list[Name] = []
    volumes: list[Mount] = []
    tmpfs: list[Tmpfs] = []
    read_only: bool = False
    cap_drop: list[Name] = []
    security_opt: list[str] = []
    user: User | None = None
    restart: Literal["no", "always", "unless-stopped", "on-failure"] = "no"
    stop_grace_period: Duration | None = None
    shm_size: Size | None = None


class Network(Strict):
    internal: bool = False


class Secret(Strict):
    file: str


class Compose(Strict):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    services: dict[Name, Service] = Field(min_length=1)
    networks: dict[Name, Network | None] = {}
    volumes: dict[Name, None] = {}
    secrets: dict[Name, Secret] = {}


def faults(file: Path) -> list[str]:
    """Return what Docker Compose would not take in ``file``, or warn about, with the place."""
    text = file.read_text()
    unset = [name for name, default, _, bare in VARIABLE.findall(text) if bare or not default]
    found = [f"${{{name}}} has no default" for name in unset]
    document: dict[str, Any] = YAML(typ="safe").load(VARIABLE.sub(_value, text))
    read = {key: value for key, value in document.items() if not key.startswith("x-")}
    try:
        compose = Compose.model_validate(read)
    except ValidationError as error:
        places = error.errors(include_url=False, include_input=False)
        return found + [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in places]
    return [*found, *_undeclared(compose, file.parent)]


def _value(variable: re.Match[str]) -> str:
    return variable[3] or "unset"


def _undeclared(compose: Compose, folder: Path) -> Iterator[str]:
    """Yield what a service names that nothing declares, and files that are not there."""
    declared: Mapping[str, Any] = {
        "depends_on": compose.services,
        "networks": compose.networks,
        "secrets": compose.secrets,
    }
    for name, service in compose.services.items():
        for kind, known in declared.items():
            for one in getattr(service, kind):
                if one not in known:
                    yield f"services.{name}.{kind}: {one} is not declared"
        for mount in service.volumes:
            source = mount.partition(":")[0]
            if source.startswith(".") and not (folder / source).exists():
                yield f"services.{name}.volumes: {source} does not exist"
            if not source.startswith((".", "/")) and source not in compose.volumes:
                yield f"services.{name}.volumes: {source} is not declared"
        if service.build is not None:
            built = folder / service.build.context / service.build.dockerfile
            if not built.is_file():
                yield f"services.{name}.build: {built} does not exist"
        for one, dependency in service.depends_on.items():
            checked = dependency.condition != "service_healthy" or (
                one in compose.services and compose.services[one].healthcheck
            )
            if not checked:
                yield f"services.{name}.depends_on: {one} has no health check"
