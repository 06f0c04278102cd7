"""People, teams and territories by the command alone: made, changed, from files and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.shell import SameProcess, Shell, shell_beside

PEOPLE = """\
email,nombre,rol,zona,idiomas,conocimientos,último día
ana@acme.com,Ana Ruiz,rep,Europe/Madrid,es; pt,ERP,
ben@acme.com,Ben Lee,rep; manager,,en,,2099-03-31
"""
STAFF = """\
teams:
  Iberia:
    fallback: ben@acme.com
    fallbacks: [ana@acme.com]
    window_days: 14
    requires: [language]
    members:
      ana@acme.com: {weight: 2, cap: 30}
      ben@acme.com:
territories:
  iberia:
    team: Iberia
    countries: [Spain, PT]
"""
WRONG_PEOPLE = """\
email,name,roles,active
eva@acme.com,Eva,boss,yes
,Nobody,rep,yes
"""
WRONG_STAFF = """\
people:
  ana@acme.com:
    zone: Madrid
teams:
  Iberia:
    members: [nobody@acme.com]
territories:
  iberia:
    countries:
      - Spian
"""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with shell_beside(tmp_path, SameProcess) as shell:
        yield shell


def test_people_teams_and_territories_by_the_command(shell: Shell) -> None:
    folder = shell.folder
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "staff.yaml").write_text(STAFF)
    (folder / "wrong.csv").write_text(WRONG_PEOPLE)
    (folder / "wrong.yaml").write_text(WRONG_STAFF)

    # Two files in one go: looked at first, done, and the same once more changes nothing.
    told = shell.relevo("people", "import", "people.csv", "staff.yaml", "--dry-run")
    assert [line.split()[1:3] for line in told.splitlines() if "added" in line] == [
        ["ana@acme.com", "added"],
        ["ben@acme.com", "added"],
        ["Iberia", "added"],
        ["iberia", "added"],
    ]
    assert shell.json("people", "list")[0]["name"] != "Ana Ruiz"
    first = shell.json("people", "import", "people.csv", "staff.yaml")
    second = shell.json("teams", "import", "people.csv", "staff.yaml")
    assert {one["result"] for one in first["items"]} == {"added"}
    assert {one["result"] for one in second["items"]} == {"unchanged"}

    # Every mistake with its place, and nothing is done.
    assert shell.refused("people", "import", "wrong.csv").splitlines() == [
        "relevo: wrong.csv cannot be used",
        "  wrong.csv:3:1: no e-mail address",
    ]
    refused = shell.refused("territories", "import", "wrong.yaml")
    assert refused.splitlines()[:4] == [
        "relevo: nothing was changed",
        "  wrong.yaml:3:5: not an IANA time zone; an example is Europe/Madrid",
        "  wrong.yaml:6:15: nobody here or in the file has the e-mail address nobody@acme.com",
        "  wrong.yaml:10:9: `Spian` is not a country of ISO 3166; did you mean `ES`?",
    ]
    (folder / "wrong.csv").write_text(WRONG_PEOPLE.replace(",Nobody,rep,yes\n", ""))
    assert "  wrong.csv:2:3: Input should be" in shell.refused("people", "import", "wrong.csv")

    # What is there goes into files, and from them it changes nothing.
    (folder / "all.yaml").write_text(shell.relevo("people", "export", "--all"))
    (folder / "all.csv").write_text(shell.relevo("people", "export", "--layout", "csv"))
    for file in ("all.yaml", "all.csv"):
        again = shell.json("people", "import", file)
        assert {one["result"] for one in again["items"]} == {"unchanged"}, file
    assert "members:" in shell.relevo("teams", "export")
    shell.relevo("routing", "team", "Iberia", "--fallback", "ben@acme.com", "--window-days", "7")
    again = shell.json("people", "import", "all.yaml")
    assert [one["changes"] for one in again["items"] if one["result"] == "changed"] == [
        {"fallbacks": [["ben@acme.com"], ["ana@acme.com"]], "window_days": [7, 14]}
    ]

    # At the prompt.
    shell.relevo("people", "add", "Eva Gil", "eva@acme.com", "--role", "rep", "--speaks", "French")
    eva = shell.json("people", "change", "eva@acme.com", "--skill", "erp", "--zone", "UTC")
    assert (eva["languages"], eva["skills"]) == (["fr"], ["erp"])
    shell.relevo("teams", "member", "Iberia", "eva@acme.com", "--weight", "0.5", "--cap", "10")
    assert "Iberia: weight 0.5, cap 10" in shell.relevo("people", "show", "eva@acme.com")
    shell.relevo("teams", "change", "Iberia", "--fallback", "eva@acme.com")
    assert "Ben Lee: weight 1, no cap" in shell.relevo("teams", "show", "Iberia")
    shell.relevo("territories", "add", "big", "--team", "Iberia", "--at-least", "500",
                 "--position", "5")  # fmt: skip
    moved = shell.json("territories", "change", "big", "--without", "employees",
                       "--language", "Spanish", "--person", "eva@acme.com")  # fmt: skip
    assert (moved["employees"], moved["languages"], moved["taker"]) == (None, ["es"], "Eva Gil")
    assert [one["name"] for one in shell.json("territories", "list")] == ["big", "iberia"]
    assert len(shell.json("territories", "history", "big")) == 2
    assert "language es" in shell.relevo("territories", "show", "big")

    # Eva is needed; Ben leaves now, Ana when her last day is over.
    assert "is the fallback of Iberia" in shell.refused("people", "leave", "eva@acme.com")
    left = shell.json("people", "leave", "ben@acme.com")
    planned = shell.json("people", "leave", "ana@acme.com", "--on", "2099-01-31")
    assert not left["active"]
    assert (planned["active"], planned["last_day"]) == (True, "2099-01-31")

    # Ana's own leave, by her own key.
    key = shell.json("keys", "create", "ana", "--person", "ana@acme.com")["key"]
    own = shell.json("hours", "leave", "2027-02-01", "--key", key)
    assert own["leave"] == [{"from": "2027-02-01T00:00", "until": "2027-02-02T00:00"}]
    shell.relevo("hours", "change", "--hours", "mon-fri 10:00-14:00", "--key", key)
    shown = shell.json("hours", "show", "--from", "2027-02-01", "--key", key)
    assert [day["worked_s"] // 3600 for day in shown["shown"]["days"]] == [0, 4, 4, 4, 4, 0, 0]
    assert shell.json("hours", "cancel-leave", "2027-02-01", "--key", key)["leave"] == []
    refused = shell.refused("calendars", "leave", "ana@acme.com", "2027-02-01", "--key", key)
    assert "lacks the scope people:read" in refused
