"""``relevo routing``: who would get a lead now, and why."""

from typing import Annotated, Any

import typer

from services.cli.assignment import considered_table, steps_in_words
from services.cli.client import Api
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.leads import lead_id
from services.cli.output import console, local, print_fields, print_table
from services.cli.people import person_id
from services.cli.teams import team_path

app = group("See who would get a lead, and why.")
LANGUAGES = ("es", "en")


def show(tried: dict[str, Any]) -> None:
    """Print who would get it, each question with its answer, and everybody considered."""
    language = tried["language"]
    output = console()
    owner = tried["owner"]
    title = owner["name"] if owner else {"es": "nadie", "en": "nobody"}[language]
    output.print(f"{title}: {tried['words'][language]}", style="bold")
    if tried["never"]:
        output.print(tried["never"])
    print_fields(steps_in_words(tried["steps"], language))
    rows, columns = considered_table(tried["considered"], language)
    print_table(rows, columns, "nobody was considered")
    why = (tried["deadline"].get("explanation") or {}).get(language) or ""
    print_fields(
        {
            "policy": f"{tried['policy']} ({tried['tier']})",
            "asked for": local(tried["at"]),
            "due": f"{local(tried['deadline']['due_at'])}: {why}",
        }
    )


@api_command(
    app,
    "try",
    show,
    examples(
        "relevo routing try ana@acme.com",
        "relevo routing try 0198… --at 2027-01-05T17:00:00Z --language es",
        "relevo routing try --facts language=de --facts account.country=DE --without luis@ours.com",
    ),
)
def try_routing(
    api: Api,
    lead: Annotated[
        str | None, typer.Argument(help="The lead: its id, e-mail address or identifier.")
    ] = None,
    facts: Annotated[
        list[str] | None,
        typer.Option(help="Of a made-up lead: language=de, account.employees=200. Repeat it."),
    ] = None,
    policy: Annotated[str | None, typer.Option(help="The policy that would hand it over.")] = None,
    tier: Annotated[str | None, typer.Option(help="How urgent; else the most urgent.")] = None,
    at: Annotated[
        str | None, typer.Option(help="A moment to come, as 2027-01-05T17:00:00Z.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="E-mail of somebody it must not go to. Repeat it.")
    ] = None,
    language: Annotated[str, typer.Option(help="Of the reasons: es or en.")] = "en",
) -> Any:
    """Say who would get a lead now, with everybody considered and why. Nothing is stored."""
    if (lead is None) is (not facts):
        raise Failure("say either which lead, or the --facts of one that does not exist")
    if language not in LANGUAGES:
        raise Failure("--language is es or en")
    about: dict[str, Any]
    about = {"lead": lead_id(api, lead)} if lead is not None else {"facts": facts_of(facts or [])}
    given = {"policy": policy, "tier": tier, "at": at, "without": without or None}
    said = {name: value for name, value in given.items() if value is not None}
    return {**api.post("/v1/routing/try", about | said), "language": language}


def show_team(team: dict[str, Any]) -> None:
    """Print how a team deals its leads."""
    named = [*team["fallbacks"], team["fallback"]]
    print_fields(
        {
            "team": team["name"],
            "fair over": f"{team['window_days']} days",
            "requires": ", ".join(team["requires"]) or "nothing; language and skill are preferred",
            "fallback": ", then ".join(one["name"] for one in named),
        }
    )


@api_command(
    app,
    "team",
    show_team,
    examples(
        "relevo routing team Iberia",
        "relevo routing team Iberia --fallback olga@acme.com --fallback pia@acme.com",
        "relevo routing team DACH --requires language --window-days 14",
    ),
)
def team(
    api: Api,
    name: Annotated[str, typer.Argument(help="The team's name.")],
    fallback: Annotated[
        list[str] | None,
        typer.Option(
            help="E-mail or id of who takes what nobody in the team can, in order; the fallback "
            "the team was made with stays the last. Repeat it."
        ),
    ] = None,
    window_days: Annotated[
        int | None,
        typer.Option(
            help="What is more than a lead ahead or behind fades over so many days.", min=1, max=90
        ),
    ] = None,
    requires: Annotated[
        list[str] | None,
        typer.Option(help="language, skill: nobody gets a lead without; none: preferred only."),
    ] = None,
) -> Any:
    """Show how a team deals its leads, or change it."""
    changes: dict[str, Any] = {}
    if fallback:
        changes["fallbacks"] = [person_id(api, one) for one in fallback]
    if window_days is not None:
        changes["window_days"] = window_days
    if requires:
        changes["requires"] = [one for one in requires if one != "none"]
    path = team_path(api, name)
    if not changes:
        return api.get(path)
    return api.call("PATCH", path, body=changes, headers={"If-Match": "*"})


def facts_of(given: list[str]) -> dict[str, dict[str, Any]]:
    """Return the facts ``account.employees=200`` and ``language=de`` tell. Raises ``Failure``."""
    found: dict[str, dict[str, Any]] = {"lead": {}, "account": {}}
    for one in given:
        path, equals, value = one.partition("=")
        if not equals or not path.strip():
            raise Failure(f"a fact is written like language=de, not {one}")
        owner, dot, name = path.strip().partition(".")
        if not dot or owner not in found:
            owner, name = "lead", path.strip()
        found[owner][name] = _value(value)
    return found


def _value(text: str) -> Any:
    if "," in text:
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return int(text)
    except ValueError:
        return text.strip()
