"""The form that begins a try-out, read, with what is wrong in it told beside its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.handoff.console import fields
from services.handoff.handlers.tryouts import Request
from shared.console.days import midnight

DAYS = ("30", "90", "180", "365")
USUAL_DAYS = "90"
MOST_OPEN_DAYS = 366
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Asked:
    """What was written into the form, and by field what is wrong with it (a key of words)."""

    given: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")


def empty(number: str) -> Asked:
    """Return the form as it is at first, for a version."""
    return Asked({"number": number, "days": USUAL_DAYS})


def read(policy: str, form: Mapping[str, str], zone: str) -> tuple[Request | None, Asked]:
    """Return what somebody wants to try, and the form; None where something in it is wrong."""
    given = {
        name: form.get(name, "")[:40]
        for name in ("number", "against", "days", "from", "to", "happened", "open_days")
    }
    wrong: dict[str, str] = {}
    number = fields.number(given["number"])
    if number is None:
        wrong["number"] = "try_wrong_number"
    against = fields.number(given["against"])
    if given["against"] and against is None:
        wrong["against"] = "try_wrong_number"
    if given["days"] not in (*DAYS, "own"):
        given["days"] = USUAL_DAYS
    from_at = to_at = None
    if given["days"] == "own":
        from_at, to_at = midnight(given["from"], zone), midnight(given["to"], zone, 1)
        for name, moment in (("from", from_at), ("to", to_at)):
            if moment is None:
                wrong[name] = "try_wrong_day"
        if from_at is not None and to_at is not None and from_at >= to_at:
            wrong["from"] = "try_wrong_order"
    open_days = fields.whole(given["open_days"], 0, MOST_OPEN_DAYS)
    if given["open_days"].strip() and open_days is None:
        wrong["open_days"] = "try_wrong_open_days"
    asked = Asked(given, wrong)
    if wrong:
        return None, asked
    return Request(
        text=None,
        file="policy.yaml",
        policy=policy,
        number=number,
        against=against,
        from_at=from_at,
        to_at=to_at,
        days=int(given["days"]) if given["days"] != "own" else 0,
        lateness="as_happened" if given["happened"] else "as_received",
        open_for_s=None if open_days is None else open_days * DAY_S,
    ), asked
