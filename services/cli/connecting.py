"""``relevo sources add`` and ``connect``: from a tool's name to its first event.

On a terminal what is missing is asked for, and the first event is waited for; in a pipe
options say everything and nothing waits unless told to.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import typer

from services.cli.asking import (
    TOOL,
    Talk,
    choose_way,
    make_source,
    take_secret,
    tool_and_name,
    way_like,
    way_named,
)
from services.cli.client import Api, Refused, part
from services.cli.columns import Columns, columns_of
from services.cli.command import AsJson, Key, Url, examples, open_api
from services.cli.connecting_words import Language
from services.cli.failure import Failure
from services.cli.first_event import Lookout, News, Source, tell
from services.cli.output import print_json
from services.cli.source_parts import (
    Kinds,
    Name,
    Options,
    SecretFile,
    read_kinds,
    read_options,
    read_secret,
    show_source,
)

LONGEST_S = 900.0
ENDS = frozenset({"read", "parked", "refused", "held"})
HERE = frozenset({"127.0.0.1", "::1", "localhost", "0.0.0.0"})  # noqa: S104 - not bound to

ADD_EXAMPLES = examples(
    "relevo sources add hubspot",
    "relevo sources add website --vendor segment",
    "relevo sources add forms --vendor generic --kind 'Form A7=demo.requested'",
    "relevo sources add typeform --way signed --wait 300 --json",
    "relevo sources add events --vendor standard-webhooks --secret-file secret.txt",
)
CONNECT_EXAMPLES = examples(
    "relevo sources connect hubspot",
    "relevo sources connect hubspot --way workflow --language es",
)

InLanguage = Annotated[
    Literal["es", "en"] | None,
    typer.Option("--language", help="Of the steps; else RELEVO_LANGUAGE."),
]
Wait = Annotated[
    float | None,
    typer.Option(
        min=0,
        help="Seconds to wait for the first event. On a terminal a quarter of an hour, else 0.",
    ),
]


def add(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[TOOL]", help="hubspot, typeform…; beside --vendor the source's name."
        ),
    ] = None,
    vendor: Annotated[
        str | None, typer.Option(help="The tool: generic, segment, cloudevents…")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The source's name; else the tool's.")] = None,
    way: Annotated[
        str | None, typer.Option(help="How it is connected, where there are several ways.")
    ] = None,
    options: Options = None,
    kind: Kinds = None,
    column: Columns = None,
    secret_file: SecretFile = None,
    wait: Wait = None,
    language: InLanguage = None,
    url: Url = "",
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Make a source, say what to click in the tool, and show its first event.

    Its credential is printed this once. On a terminal it asks for what is missing, waits for
    the first event, and says what is wrong with requests that are refused meanwhile.
    """
    with _talking(url, key, as_json, language) as talk:
        vendors = _vendors(talk.api)
        tool, name = tool_and_name(talk, vendors, what, vendor, name)
        guide = vendors.get(tool)
        given = None if options is None else read_options(options)
        chosen = None if guide is None else choose_way(talk, guide, way, given)
        new: dict[str, Any] = {
            "vendor": tool,
            "settings": {
                "options": {**(chosen["options"] if chosen else {}), **(given or {})},
                "touch_kinds": read_kinds(kind),
                "columns": columns_of(column),
            },
        }
        if secret_file is not None:
            new["secret"] = read_secret(secret_file)
        made = make_source(talk, new, name)
        if not (talk.is_asked or as_json):
            show_source(made)
        if guide is None or chosen is None:  # a key that may make sources and not see them
            _finish(talk, made, None)
            return
        source = _source(made, guide, chosen)
        asked = source.makes_secret and secret_file is None
        if talk.is_asked:
            _tell_made(talk, made, source, own=not asked)
        _tell_steps(talk, made, chosen, source)
        seconds = _seconds(talk, wait)
        lookout = _lookout(talk, source, new=True) if seconds else None
        if asked:
            take_secret(talk, source, chosen)
        waited = _wait(talk, lookout, source, chosen, seconds)
        _finish(talk, made | {"way": chosen["id"], "steps": _steps(talk, made, chosen)}, waited)


def connect(
    name: Name,
    way: Annotated[
        str | None, typer.Option(help="How it is connected, where there are several ways.")
    ] = None,
    wait: Wait = None,
    language: InLanguage = None,
    url: Url = "",
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Say again how a source is connected, and wait for its next event.

    Where its credential belongs, the steps say so; it is never shown again, but
    `relevo sources rotate` makes another.
    """
    with _talking(url, key, as_json, language) as talk:
        made = talk.api.get(f"/v1/sources/{part(name)}")
        guide = _vendors(talk.api)[made["vendor"]]
        chosen = way_like(guide, made["settings"]["options"])
        if way is not None:
            chosen = way_named(guide, way)
        source = _source(made, guide, chosen)
        talk.tell(talk.say("made_before", name=name, title=source.title))
        _tell_steps(talk, made, chosen, source)
        seconds = _seconds(talk, wait)
        lookout = _lookout(talk, source, new=False) if seconds else None
        waited = _wait(talk, lookout, source, chosen, seconds)
        _finish(talk, made | {"way": chosen["id"], "steps": _steps(talk, made, chosen)}, waited)


@contextmanager
def _talking(url: str, key: str, as_json: bool, language: Language | None) -> Iterator[Talk]:
    try:
        with open_api(url, key) as api:
            yield Talk(api, language or _own_language(), as_json)
    except Failure as failure:
        failure.tell(as_json)
        raise typer.Exit(1) from None


def _own_language() -> Language:
    from services.cli.environment import CliSettings

    return CliSettings().language


def _vendors(api: Api) -> dict[str, Any]:
    """Return what is known of every tool; nothing where the key may not see sources."""
    try:
        return {one["name"]: one for one in api.get("/v1/vendors")["vendors"]}
    except Refused as refused:
        if refused.status == 403:
            return {}
        raise


def _source(made: Mapping[str, Any], guide: Mapping[str, Any], way: Mapping[str, Any]) -> Source:
    return Source(
        made["name"],
        guide["name"],
        guide["title"],
        made["url"],
        guide["page"],
        makes_secret=way["secret"] == TOOL,
    )


def _tell_made(talk: Talk, made: Mapping[str, Any], source: Source, *, own: bool) -> None:
    """Print address and credential; the secret a tool makes takes the place of ours."""
    print(talk.say("made", name=source.name))
    rows = {talk.say("address"): source.url}
    if own and (credential := made["credential"]):
        rows[talk.say(credential["kind"])] = credential["value"]
    for title, value in rows.items():
        print(f"  {title}: {value}")
    if urlsplit(source.url).hostname in HERE:
        print(f"  {talk.say('only_here')}")


def _tell_steps(
    talk: Talk, made: Mapping[str, Any], way: Mapping[str, Any], source: Source
) -> None:
    steps = _steps(talk, made, way)
    if steps:
        talk.tell(talk.say("now_do"))
    for number, step in enumerate(steps, 1):
        talk.tell(f"  {number}. {step}")
    talk.tell("  " + talk.say("page", page=source.page))


def _steps(talk: Talk, made: Mapping[str, Any], way: Mapping[str, Any]) -> list[str]:
    """Return the steps with the source's own address and credential in them.

    None where its options ask for another credential than the way's: then the page says how.
    """
    if way["credential"] not in [one["kind"] for one in made["credentials"]]:
        return []
    is_token = way["credential"] == "token"
    credential = made.get("credential") or {}
    value = credential.get("value") or ("src_…" if is_token else "whsec_…")
    url = made["url"]
    places = {
        "<url>": url,
        "<address>": f"{url}?token={value}" if is_token else url,
        "<base>": url.partition("/hooks/")[0],
        "<token>": value,
        "<secret>": value,
    }
    steps = way["steps"][talk.language]
    for place, text in places.items():
        steps = [step.replace(place, text) for step in steps]
    return list(steps)


def _seconds(talk: Talk, wait: float | None) -> float:
    """Return how long to wait: as told, else long where somebody watches."""
    if wait is not None:
        return wait
    return LONGEST_S if talk.is_asked else 0.0


def _lookout(talk: Talk, source: Source, *, new: bool) -> Lookout | None:
    """Return what sees the source's requests; None where the key may not."""
    try:
        return Lookout(talk.api, source.name, new=new)
    except Refused as refused:
        if refused.status != 403:
            raise
        talk.tell(talk.say("may_not_look"))
        return None


def _wait(
    talk: Talk, lookout: Lookout | None, source: Source, way: Mapping[str, Any], seconds: float
) -> News | None:
    """Wait for the first event; return what came last, None when there was no waiting."""
    if lookout is None:
        return None
    talk.tell(talk.say("waiting"))
    last = News("nothing", {})
    try:
        for last in lookout.wait(seconds):
            if not talk.as_json:
                tell(last, source, talk.language)
            if last.outcome == "read" or (last.outcome in ENDS and not talk.is_asked):
                return last
            if last.seen.get("reason") == "wrong_secret" and source.makes_secret:
                take_secret(talk, source, way, "ask_again")
    except KeyboardInterrupt:
        talk.tell("\n" + talk.say("look_again", name=source.name))
        raise typer.Exit from None
    if last.outcome == "nothing":
        talk.tell(talk.say("nothing", url=source.url))
    talk.tell(talk.say("look_again", name=source.name))
    return last


def _finish(talk: Talk, answer: dict[str, Any], waited: News | None) -> None:
    """Print what a program wants; fail when what was waited for did not come."""
    if waited is not None:
        answer["first"] = {"outcome": waited.outcome, "seen": waited.seen}
    if talk.as_json:
        print_json(answer)
    if waited is not None and waited.outcome != "read":
        raise typer.Exit(1)
