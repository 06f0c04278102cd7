"""Working hours by the command alone: made, looked at, changed, taken from a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.shell import Shell, shell_beside

FILE = """\
calendars:
  iberia:
    title: Team Iberia
    zone: Europe/Madrid
    week:
      mon-thu: 09:00-14:00, 16:00-19:00
      fri: 08:00-15:00
    holidays: {country: ES, region: MD}
    days:
      12-24:
        title: {es: Nochebuena, en: Christmas Eve}
        hours: 09:00-13:00
teams:
  Iberia: iberia
people:
  ana@acme.com:
    leave:
      - from: 2027-01-07T12:00
        until: 2027-01-08
"""
MADE = "relevo calendars add nights --hours 'mon-sun 22:00-06:00' --zone Europe/Madrid"


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with shell_beside(tmp_path) as shell:
        yield shell


def test_working_hours_by_the_command(shell: Shell) -> None:
    shell.relevo("people", "add", "Ana Ruiz", "ana@acme.com", "--role", "rep")
    shell.relevo("teams", "add", "Iberia", "--fallback", "ana@acme.com", "--member", "ana@acme.com")

    # Before anything: office hours to begin with, and a night shift made at the prompt.
    assert "business" in shell.relevo("calendars", "list")
    nights = shell.relevo(
        "calendars", "add", "nights", "--hours", "mon-sun 22:00-06:00", "--zone", "Europe/Madrid"
    )
    assert "████████████" + "·" * 32 + "████  00:00–06:00 22:00–24:00" in nights

    # A file, twice; the second time it changes nothing.
    (shell.folder / "hours.yaml").write_text(FILE)
    first = shell.json("calendars", "apply", "hours.yaml")
    second = shell.json("calendars", "apply", "hours.yaml")
    assert [one["result"] for one in first] == ["added", "changed", "changed"]
    assert [one["result"] for one in second] == ["unchanged"] * 3
    shown = shell.relevo("calendars", "show", "iberia", "--from", "2027-01-04").splitlines()
    assert [line for line in shown if line.startswith("Mon 04 Jan")] == [
        "Mon 04 Jan  "
        + "·" * 18
        + "█" * 10
        + "·" * 4
        + "█" * 6
        + "·" * 10
        + "  09:00–14:00 16:00–19:00"
    ]
    (holiday,) = [line for line in shown if line.startswith("Wed 06 Jan")]
    assert holiday.endswith("a holiday (Epiphany)")

    # What is due when, and why.
    due = shell.json("calendars", "due", "iberia", "4h", "--from", "2027-01-05T18:00:00+01:00")
    assert due["due_at"] == "2027-01-07T11:00:00Z"
    assert "Wednesday 6 January is a holiday (Epiphany)" in due["explanation"]["en"]

    # People: they follow their team, are away by the hour, and leave.
    ana = shell.json("calendars", "hours", "ana@acme.com", "--from", "2027-01-04")
    assert (ana["follows"], ana["shown"]["days"][3]["hours"]) == (
        "iberia",
        [{"from": "09:00", "until": "12:00"}],
    )
    shell.relevo("calendars", "leave", "ana@acme.com", "2027-01-04")
    shell.relevo("calendars", "leave", "ana@acme.com", "2027-01-07T12:00", "--cancel")
    shell.relevo("calendars", "last-day", "ana@acme.com", "2027-01-07")
    own = shell.json(
        "calendars", "hours", "ana@acme.com", "--hours", "mon-fri 10:00-13:00",
        "--from", "2027-01-04",
    )  # fmt: skip
    assert [day["worked_s"] // 3600 for day in own["shown"]["days"]] == [0, 3, 0, 3, 0, 0, 0]

    # Days that are not like others, changes, and what there was.
    shell.relevo("calendars", "day", "iberia", "2027-03-19", "--free", "--title", "San José")
    shell.relevo("calendars", "day", "iberia", "12-24", "--usual")
    changed = shell.json("calendars", "change", "iberia", "--no-holidays", "--title", "Iberia")
    assert (changed["title"], changed["holidays"], list(changed["days"])) == (
        "Iberia",
        None,
        ["2027-03-19"],
    )
    assert [one["revision"] for one in shell.json("calendars", "history", "iberia")] == [4, 3, 2, 1]
    assert shell.json("calendars", "team", "Iberia", "--none")["calendar"] is None


def test_what_is_wrong_in_a_file_is_told_with_its_place(shell: Shell) -> None:
    wrong = FILE.replace("region: MD", "region: MAD").replace("Iberia: iberia", "Iberica: iberia")
    (shell.folder / "hours.yaml").write_text(wrong.replace("ana@", "nobody@"))
    said = shell.refused("calendars", "apply", "hours.yaml")
    (shell.folder / "odd.yaml").write_text("calendars:\n  a: [\ncalender: {}\n")
    odd = shell.refused("calendars", "apply", "odd.yaml")
    (shell.folder / "odd.yaml").write_text("calender: {}\n")
    unknown = shell.refused("calendars", "apply", "odd.yaml")
    (shell.folder / "odd.yaml").write_text("calendars:\n  nights:\n    week: {mon: 22-06}\n")
    block = shell.refused("calendars", "apply", "odd.yaml")

    assert "hours.yaml:8:5: region: not a region with holidays of its own" in said
    assert "Did you mean `MD`?" in said
    assert "hours.yaml:14:3: no team has the name or id Iberica" in said
    assert "hours.yaml:16:3: nobody here has the e-mail address or id nobody@acme.com" in said
    assert "applied: nothing" in said
    assert "odd.yaml:4:1: This is not YAML" in odd
    assert "odd.yaml:1:1: must be a mapping; the file holds calendars, teams, people" in unknown
    assert "odd.yaml:3:12: a block of hours is written like `09:00-14:00`" in block
