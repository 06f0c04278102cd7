"""``relevo policy targets|advice|reviews|review``: how a policy does, and looking at it again."""

from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, Query, part
from services.cli.command import api_command, examples, group
from services.cli.output import Columns, local, note, print_table
from services.cli.policy import Policy

app = group("Goals, advice and reviews.")

Number = Annotated[int | None, typer.Option(min=1, help="A version; else the one in force.")]
From = Annotated[
    str | None, typer.Option("--from", help="First day: 2026-03-01, in the company's zone.")
]
To = Annotated[str | None, typer.Option("--to", help="Last day, included.")]

VERDICTS = {
    "met": "met",
    "missed": "MISSED",
    "not_enough": "not enough to say",
    "no_target": "no goal",
}
STANDINGS = {
    "unclear": ", may be chance",
    "too_few": "too few cases",
    "nothing_to_compare": "nothing to compare",
}
TARGETS: Columns = {
    "goal": "title.en",
    "wanted": lambda one: _figure(one, "wanted"),
    "measured": lambda one: _figure(one, "measured"),
    "may really be": lambda one: _range(_figure(one, "low"), _figure(one, "high")),
    "cases": "cases",
    "not yet known": lambda one: one["not_yet_known"] or "",
    "": lambda one: VERDICTS[one["verdict"]],
}
MONTHS: Columns = {
    "month": "month",
    "sales-ready": "sales_ready",
    "": lambda one: "" if one["is_whole"] else _part(one),
}
REVIEWS: Columns = {
    "held": lambda one: local(one["held_at"]),
    "version": "number",
    "by": "by.name",
    "missed": lambda one: [each["name"] for each in one["targets"] if each["verdict"] == "missed"],
    "comment": "comment",
}


def _figure(one: dict[str, Any], name: str) -> str:
    value = one[name]
    if value is None:
        return ""
    return f"{value:g}%" if one["unit"] == "percent" else f"{value:g}"


def _range(low: str, high: str) -> str:
    return f"{low} to {high}" if low or high else ""


def _part(month: dict[str, Any]) -> str:
    return f"only {local(month['covered_from'])} to {local(month['covered_until'])}"


def _show_targets(found: dict[str, Any]) -> None:
    _tell_life(found)
    print_table(found["targets"], TARGETS, "no goals")
    print_table(found["months"], MONTHS, "no month yet")
    if found["superseded"]:
        note(f"not counted: {found['superseded']} whose lead turned out to be another one's")
    note("met and missed are said where neither chance nor what is open can change it")


@api_command(
    app,
    "targets",
    _show_targets,
    examples(
        "relevo policy targets b2b-starter",
        "relevo policy targets b2b-starter --number 3 --from 2026-01-01 --to 2026-03-31",
    ),
)
def targets(
    api: Api, policy: Policy, number: Number = None, first: From = None, last: To = None
) -> Any:
    """Measure the shared goals of a version, and say which are met or missed."""
    return api.get(f"/v1/policies/{part(policy)}/targets", _query(number, first, last))


def _show_advice(found: dict[str, Any]) -> None:
    _tell_life(found)
    language, rows = found["language"], found["compared"]
    columns: Columns = {
        "": lambda one: one["title"][language],
        "accepted": lambda one: _times(one["accepted"]),
        "with / without": lambda one: _cells(one["accepted"]),
        "won": lambda one: _times(one["won"]),
        "with / without ": lambda one: _cells(one["won"]),
    }
    print_table(rows, columns, "no signals")
    for outcome in ("accepted", "won"):
        for one in rows:
            if one[outcome]["standing"] in ("more", "less"):
                print(one[outcome]["text"][language])
    for proposal in found.get("proposals", ()):
        print(proposal["text"][language])
        print(f"  exclude: {proposal['exclude']}")
    for caution in found["cautions"]:
        note(f"- {caution['text'][language]}")


def _times(lift: dict[str, Any]) -> str:
    said = STANDINGS.get(lift["standing"], "")
    if lift["standing"] in ("too_few", "nothing_to_compare"):
        return said
    if lift["lift"] is None:
        return f"× {lift['low']:.2f} at least"
    high = "…" if lift["high"] is None else f"{lift['high']:.2f}"
    return f"× {lift['lift']:.2f} ({lift['low']:.2f} to {high}){said}"


def _cells(lift: dict[str, Any]) -> str:
    having = f"{lift['with_good']} of {lift['with_cases']}"
    return f"{having} / {lift['without_good']} of {lift['without_cases']}"


@api_command(
    app,
    "advice",
    _show_advice,
    examples(
        "relevo policy advice b2b-starter",
        "relevo policy advice b2b-starter --number 3 --from 2026-01-01 --language es",
    ),
)
def advice(
    api: Api,
    policy: Policy,
    number: Number = None,
    first: From = None,
    last: To = None,
    language: Annotated[Literal["en", "es"], typer.Option(help="Of titles and sentences.")] = "en",
) -> Any:
    """Say what went with a yes of sales, and with deals won. No rule changes by it.

    For each signal and criterion: how many times as often leads with it were accepted, or
    won, as leads without it, with a 95 % interval and the numbers of cases.
    """
    found = api.get(f"/v1/policies/{part(policy)}/advice", _query(number, first, last))
    return {"language": language, **found}


def _show_reviews(found: dict[str, Any]) -> None:
    coming = found["next"]
    if coming is None:
        note("no version is in force, so there is nothing to review")
    else:
        note(f"version {coming['number']}: the next review is due {local(coming['due_at'])}")
        for one in coming["proposals"]:
            note(f"proposed {local(one['proposed_at'])}: {_reason(one)}")
    print_table(found["items"], REVIEWS, "no reviews yet")


def _reason(proposal: dict[str, Any]) -> str:
    target = proposal["target"]
    return target["text"]["en"] if target else f"its date came, {local(proposal['about'])}"


@api_command(app, "reviews", _show_reviews, examples("relevo policy reviews b2b-starter"))
def reviews(api: Api, policy: Policy) -> Any:
    """List the reviews that were held, what speaks for the next one, and when it is due."""
    path = f"/v1/policies/{part(policy)}/reviews"
    first = api.get(path)
    return {"next": first["next"], "items": api.pages(path)}


def _show_review(review: dict[str, Any]) -> None:
    note(f"{review['policy']} version {review['number']}: reviewed by {review['by']['name']}")
    for one in review["targets"]:
        print(one["text"]["en"])


@api_command(
    app,
    "review",
    _show_review,
    examples(
        "relevo policy review b2b-starter --comment 'Prices count more from now on: draft 4'",
        "relevo policy review b2b-starter --comment 'All well' --person eva@acme.com",
    ),
)
def review(
    api: Api,
    policy: Policy,
    comment: Annotated[str, typer.Option("--comment", help="What was looked at and agreed.")],
    person: Annotated[
        str | None,
        typer.Option("--person", help="E-mail of who says it; not needed with a person's own key."),
    ] = None,
) -> Any:
    """Record that both teams looked at a policy together; the next date counts from now."""
    said = {"comment": comment} | ({} if person is None else {"person": person})
    return api.post(f"/v1/policies/{part(policy)}/reviews", said)


def _query(number: int | None, first: str | None, last: str | None) -> Query:
    return {"number": number, "from": first, "to": last}


def _tell_life(found: dict[str, Any]) -> None:
    since = local(found["since"]) or "never in force"
    note(
        f"{found['policy']} version {found['number']}, {found['agreement']}: "
        f"{found['handoffs']} hand-offs, {since} to {local(found['until'])}"
    )
