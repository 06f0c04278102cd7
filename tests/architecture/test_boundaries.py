"""Who may import whom, and what a domain may touch."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOMAINS = [f"services.{service}.domain" for service in ("ingest", "handoff", "notify")]
# A domain gets moments and draws as arguments and leaves the outside to its callers.
IMPURE_MODULES = {
    *("asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random"),
    *("secrets", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile"),
    *("threading", "time", "urllib.request"),
}
IMPURE_CALLS = {"input", "now", "open", "print", "today", "utcnow", "uuid1", "uuid4"}
DOMAIN_FILES = [
    pytest.param(path, id=str(path.relative_to(ROOT)))
    for path in sorted(ROOT.glob("services/*/domain/**/*.py"))
]


def test_imports_follow_the_contracts():
    """The contracts are in pyproject.toml; a broken one is printed with file and line."""
    lint_imports = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run(
        [lint_imports, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout


def test_moments_come_in_by_the_shared_field():
    """It keeps them where every zone's calendar reaches; others end in an error of ours."""
    others = [
        str(path.relative_to(ROOT))
        for path in ROOT.glob("services/*/http/**/*.py")
        if "AwareDatetime" in path.read_text()
    ]

    assert others == []


@pytest.mark.parametrize("path", DOMAIN_FILES)
def test_a_domain_imports_the_standard_library_only(path):
    allowed = {*sys.stdlib_module_names, *DOMAINS}

    strangers = [name for name in imports(path) if not is_inside(name, allowed)]

    assert strangers == []


@pytest.mark.parametrize("path", DOMAIN_FILES)
def test_a_domain_asks_no_clock_draws_no_lots_and_touches_nothing(path):
    impure = [name for name in imports(path) if is_inside(name, IMPURE_MODULES)]
    impure += [f"{name}()" for name in calls(path) if name in IMPURE_CALLS]

    assert impure == []


def imports(path: Path) -> Iterator[str]:
    """Yield the modules a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"


def calls(path: Path) -> Iterator[str]:
    """Yield the last names of what a file calls: ``now`` for ``datetime.now()``."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name


def is_inside(module: str, packages: set[str]) -> bool:
    """True when ``module`` is one of ``packages`` or lies in one."""
    parts = module.split(".")
    return any(".".join(parts[: end + 1]) in packages for end in range(len(parts)))
