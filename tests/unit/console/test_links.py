"""Every way a template shows leads to a route there is, and every form is taken by one."""

import re
from pathlib import Path

import pytest

import shared.console
from services.parts import NAMES

ROOT = Path(shared.console.__file__).parents[2]
REVIEWED = ROOT / "tests" / "contract" / "permissions.txt"
ROUTES = [line.split()[:2] for line in REVIEWED.read_text().splitlines()]
WAY = re.compile(r"""(?:\b(href|hx-get|action)="|\(')(/[^"'#]*)""")
PUT_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
NAMED = {"/sources/new/generic"}  # a tool of that name there always is
ANYTHING = "\0"
TEMPLATES = sorted(
    path
    for folder in ("shared/console", *(f"services/{name}/console" for name in NAMES))
    for path in (ROOT / folder / "templates").glob("*.html")
)


def patterns(method: str) -> list[re.Pattern[str]]:
    """Return what paths of a method may look like.

    What a template puts in fits any step, and a parameter is always put in: a word that stands
    in its place would be taken for a name.
    """
    return [
        re.compile("/".join(map(_step, path.split("/"))))
        for known, path in ROUTES
        if known == method
    ]


def _step(step: str) -> str:
    if step == "{path:path}":
        return ".+"
    put_in = f"[^/]*{ANYTHING}[^/]*"
    return put_in if "{" in step else f"(?:{re.escape(step)}|{put_in})"


GET, POST = patterns("GET"), patterns("POST")


def ways(template: Path) -> list[tuple[bool, str]]:
    """Return every path of our own in a template, and whether a form is sent there."""
    text = PUT_IN.sub(ANYTHING, template.read_text())
    return [
        (kind == "action" and _is_posted(text, match.start()), path.partition("?")[0])
        for match in WAY.finditer(text)
        for kind, path in [match.groups()]
    ]


def _is_posted(text: str, place: int) -> bool:
    tag = text[text.rindex("<", 0, place) : text.index(">", place)]
    return 'method="post"' in tag


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parts[-4]} {path.name}")
def test_every_way_of_a_template_leads_somewhere(template):
    lost = [
        path
        for is_posted, path in ways(template)
        if path not in NAMED
        and not any(one.fullmatch(path) for one in (POST if is_posted else GET))
    ]

    assert lost == []


def test_a_way_that_leads_nowhere_is_found():
    assert any(one.fullmatch("/sources/new") for one in GET)
    assert not any(one.fullmatch("/sources/add") for one in GET), "it is no source's name"
    assert not any(one.fullmatch("/nowhere") for one in GET)
