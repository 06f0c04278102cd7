"""How the demonstration tells its story on a terminal or into a pipe."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.demo.summary import adds_up
from services.demo.tools import FAIR_MAPPING, Call

DAYS_A_LINE = 5  # into a pipe progress goes as a line each five days of the story


class Teller:
    """Prints what happens on standard error, so that ``--json`` has standard output alone."""

    def __init__(self) -> None:
        from rich.console import Console

        self.console = Console(
            stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True
        )
        self._handoffs = 0

    def say(self, text: str = "", style: str | None = None) -> None:
        """Print a line."""
        self.console.print(text, style=style)

    def handoff(self, data: dict[str, Any]) -> None:
        """Tell of one hand-off: who, why, whose, and until when."""
        self._handoffs += 1
        handoff, lead = data["handoff"], data["lead"]
        account = data["account"] or {}
        company = account.get("name") or account.get("domain") or "company unknown"
        self.say(
            f"{self._handoffs:3}  {handoff['tier']:4}  {lead['name']}, {lead['title']} · {company} "
            f"({lead['country']})",
            "bold" if handoff["tier"] == "hot" else None,
        )
        self.say(f"           why    {_why(data)}")
        scores = f"engagement {data['engagement']['value']:g}, fit {data['fit']['value']:g}"
        version = f"{handoff['policy']} {handoff['policy_version']}, {handoff['agreement']}"
        self.say(f"           scores {scores}; {version}")
        self.say(f"           owner  {handoff['owner']['name']} ({data['assignment']['reason']})")
        due = min(data["deadlines"], key=lambda one: str(one["due_at"]))
        self.say(
            f"           due    by {_local(due['due_at'])}, to {due['kind'].replace('_', ' ')}"
        )

    @contextmanager
    def progress(self, calls: list[Call], now: datetime) -> Iterator[Callable[[Call], None]]:
        """Yield a function that moves the progress on by one call."""
        if not self.console.is_terminal:
            yield self._lines(len(calls), now)
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task("day  1 of 30", total=len(calls))

            def moved(call: Call) -> None:
                progress.update(task, advance=1, description=f"day {_day(call, now):2} of 30")

            yield moved

    def _lines(self, total: int, now: datetime) -> Callable[[Call], None]:
        sent, told = 0, 0

        def moved(call: Call) -> None:
            nonlocal sent, told
            sent += 1
            day = _day(call, now)
            if day >= told + DAYS_A_LINE or sent == total:
                told = day
                self.say(f"day {day} of 30, {sent} of {total} requests")

        return moved

    def facts(self, found: dict[str, Any]) -> None:
        """Print the facts of the run."""
        ledger = found["ledger"]
        self.say()
        self.say(f"{found['handoffs']} hand-offs of {found['leads']} leads", "bold")
        self.say(f"  by gate   {_counted(found['by_gate'])}")
        self.say(f"  by stage  {_counted(found['by_stage'])}")
        self.say(f"  by owner  {_counted(found['by_owner'])}")
        self.say(
            f"  {found['opens']} opens of mails; of the {found['only_opened']} leads who only "
            f"opened, {found['ready_by_opens']} became ready"
        )
        reasons = Counter(name for names in found["excluded"].values() for name in names)
        self.say(f"  asked for a demo and are excluded: {_counted(reasons)}")
        self.say(f"  owners told: {_counted(found['told'])}")
        verdict = "adds up" if adds_up(ledger) else "DOES NOT ADD UP"
        terms = " + ".join(
            f"{ledger[name]} {name}" for name in ("published", "duplicates", "parked", "pending")
        )
        self.say(f"  ledger {verdict}: {ledger['received']} events received = {terms}")
        for one in found["parked"]:
            self.say(f"  parked: a receipt of {one['source']}, {one['reason']}")

    def what_next(self, url: str, key_file: str, found: dict[str, Any]) -> None:
        """Say what to look at, as commands ready to paste."""
        fair = next((one["receipt_id"] for one in found["parked"] if one["source"] == "fair"), "ID")
        self.say()
        self.say("It goes on serving until Ctrl-C. In another terminal:", "bold")
        self.say()
        path = "" if shutil.which("relevo") else f"PATH={Path(sys.executable).parent}:$PATH "
        for line in (
            f"export {path}RELEVO_URL={url} RELEVO_KEY=$(cat {key_file})",
            "relevo handoffs list",
            "relevo leads timeline " + (found["ready"][0] if found["ready"] else "LEAD"),
            f"relevo receipts show {fair}",
            f"relevo sources change fair --options '{json.dumps({'mapping': FAIR_MAPPING})}'",
            f"relevo receipts retry {fair}",
            'curl -sH "Authorization: Bearer $RELEVO_KEY" $RELEVO_URL/v1/ledger',
            'curl -sNH "Authorization: Bearer $RELEVO_KEY" $RELEVO_URL/v1/feed/stream',
        ):
            self.say(f"  {line}")
        self.say()


def _why(data: dict[str, Any]) -> str:
    """Return the gate that passed, and what the lead did to pass it, each thing once."""
    gates = {one["name"]: one["title"]["en"] for one in data["evaluation"]["gates"]}
    did = dict.fromkeys(_touch(touch) for touch in data["why_now"])
    return f"{gates[data['handoff']['gate']]}: {', '.join(list(did)[:4])}"


def _touch(touch: dict[str, Any]) -> str:
    path = touch["properties"].get("page", {}).get("path")
    return str(touch["title"] or path or touch["name"])


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(
        f"{count} {name}" for name, count in sorted(counts.items(), key=lambda i: -i[1])
    )


def _day(call: Call, now: datetime) -> int:
    return max(1, min(30, 30 - int((now - call.heard_at) / timedelta(days=1))))


def _local(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%a %d %b %H:%M UTC")
