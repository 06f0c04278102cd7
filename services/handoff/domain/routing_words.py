"""The reasons of a choice in words, in Spanish and in English."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, tzinfo

from services.handoff.domain.calendar_words import day_in_words
from services.handoff.domain.figures import decimal
from services.handoff.domain.policy import Language
from services.handoff.domain.presence import Presence
from services.handoff.domain.questions import Titles

# Why somebody was not taken, or was. The names in braces are filled in.
REASONS: Mapping[str, Titles] = {
    "gone": Titles("ya no trabaja aquí", "does not work here any more"),
    "leaving": Titles(
        "se va: su último día es el {last_day}", "is leaving: the last day is {last_day}"
    ),
    "away": Titles("ausente hasta el {back}", "on leave until {back}"),
    "away_soon": Titles(
        "ausente desde el {away_from}, antes de haber podido responder; vuelve el {back}",
        "on leave from {away_from}, before an answer would be due; back {back}",
    ),
    "away_for_good": Titles("ausente, sin hora de vuelta", "on leave, with no hours after it"),
    "no_hours": Titles("no tiene horas laborables por delante", "has no working hours ahead"),
    "full": Titles("tope {active} de {cap}", "cap {active} of {cap}"),
    "no_turns": Titles("peso 0: no entra en el turno", "weight 0: takes no turns"),
    "no_language": Titles("habla {spoken}, no {wanted}", "speaks {spoken}, not {wanted}"),
    "no_skill": Titles("no lleva {wanted}", "does not do {wanted}"),
    "later": Titles(
        "empieza el {starts}, otros antes; {turns}", "starts {starts}, others sooner; {turns}"
    ),
    "waits": Titles("{turns}", "{turns}"),
    "fair_rotation": Titles("elegido: {turns}", "chosen: {turns}"),
    "relation": Titles("elegido: {because}", "chosen: {because}"),
    "not_any_more": Titles("{because}, pero {why}", "{because}, but {why}"),
    "fallback": Titles(
        "elegido: suplente {place} de {places} de {team}",
        "chosen: fallback {place} of {places} of {team}",
    ),
    "last_resort": Titles(
        "elegido: nombrado para lo que nadie más puede tomar",
        "chosen: named for what nobody else can take",
    ),
    "not_before": Titles(
        "empieza el {starts}, después del plazo", "starts {starts}, after the lead is due"
    ),
}

# What a question of the routing was answered; the first half of each is its step.
ANSWERS: Mapping[str, Titles] = {
    "relation.none": Titles(
        "nadie trabaja ya con el lead ni con su empresa",
        "nobody is at work on the lead or its company",
    ),
    "relation.kept": Titles("{name}: {because}", "{name}: {because}"),
    "relation.left": Titles("{name}: {because}, pero {why}", "{name}: {because}, but {why}"),
    "relation.stranger": Titles(
        "{because}, pero aquí no trabaja nadie así", "{because}, but nobody here is called that"
    ),
    "territory.none": Titles(
        "de ningún territorio: va al equipo {team}", "in no territory: it goes to the team {team}"
    ),
    "territory.team": Titles("{why}: va al equipo {team}", "{why}: it goes to the team {team}"),
    "territory.person": Titles("{why}: va a {name}", "{why}: it goes to {name}"),
    "territory.nobody": Titles("ningún equipo toma leads", "no team takes leads"),
    "language.any": Titles("no hay que hablar ni saber nada más", "no language or skill asked for"),
    "language.found": Titles(
        "{wanted}: {count} de {able} pueden", "{wanted}: {count} of {able} can"
    ),
    "language.nobody": Titles(
        "{wanted}: nadie de los que pueden tomarlo; va a otro del equipo",
        "{wanted}: nobody of those who can take it; it goes to another one of the team",
    ),
    "language.required": Titles(
        "{wanted}: nadie de los que pueden tomarlo, y el equipo lo exige",
        "{wanted}: nobody of those who can take it, and the team requires it",
    ),
    "turn.working": Titles(
        "trabajan ahora: {count}; le toca a {name}", "working now: {count}; it is {name}’s turn"
    ),
    "turn.chosen": Titles("{turns}: le toca en {team}", "{turns}: next in turn in {team}"),
    "turn.later": Titles(
        "nadie trabaja ahora; empiezan los primeros: {count}; le toca a {name}",
        "nobody works now; first to start: {count}; it is {name}’s turn",
    ),
    "turn.nobody": Titles(
        "en {team} nadie puede tomarlo: {why}", "nobody in {team} can take it: {why}"
    ),
    "turn.empty": Titles("{team} no tiene a nadie", "there is nobody in {team}"),
    "fallback.fallback": Titles(
        "{name} lo toma como suplente de {team}", "{name} takes it as the fallback of {team}"
    ),
    "fallback.last_resort": Titles(
        "{name} lo toma: así se nombró para lo que nadie más puede",
        "{name} takes it: named for what nobody else can take",
    ),
}

COUNTED: Mapping[str, Titles] = {
    "gone": Titles("ya no están: {n}", "{n} gone"),
    "leaving": Titles("se van: {n}", "{n} leaving"),
    "away": Titles("ausentes: {n}", "{n} on leave"),
    "no_hours": Titles("sin horas laborables: {n}", "{n} without working hours"),
    "full": Titles("con el tope lleno: {n}", "{n} full"),
    "no_turns": Titles("sin turno: {n}", "{n} without turns"),
    "no_language": Titles("sin el idioma: {n}", "{n} without the language"),
    "no_skill": Titles("sin el tema: {n}", "{n} without the skill"),
    "without": Titles("descartados: {n}", "{n} ruled out"),
}

TURNS = Titles(
    "{dealt} de una parte de {share} en {days} días", "{dealt} of a share of {share} in {days} days"
)
# What was dealt before the window goes on to count, so the share of the window is not all.
STANDING: Mapping[str, Titles] = {
    "behind": Titles("con lo anterior, {leads} por debajo", "with what was before, {leads} behind"),
    "ahead": Titles("con lo anterior, {leads} por encima", "with what was before, {leads} ahead"),
    "even": Titles("con lo anterior, justo su parte", "with what was before, exactly even"),
}

Filled = str | float | Titles


def reason(code: str, **filled: Filled) -> Titles:
    """Return why somebody was or was not taken."""
    return _filled(REASONS[code], filled)


def answer(code: str, **filled: Filled) -> Titles:
    """Return what a question of the routing was answered."""
    return _filled(ANSWERS[code], filled)


def of_presence(code: str, when: Presence, zone: tzinfo) -> Titles:
    """Return why somebody cannot begin now, in days and hours of their own zone."""
    if code == "away" and when.at is None:
        code = "away_for_good"
    elif code == "away" and when.away_from is not None:
        code = "away_soon"
    return reason(
        code,
        back=moment(when.at, zone),
        starts=moment(when.at, zone),
        away_from=moment(when.away_from, zone),
        last_day=_day(when.last_day),
    )


def turns(numbers: Mapping[str, float]) -> Titles:
    """Return what somebody got of their share, and how they stand where that does not tell."""
    said = _filled(TURNS, {name: numbers[name] for name in ("dealt", "share", "days")})
    leads = round(numbers["behind"], _TOLD)
    if leads == round(numbers["share"] - numbers["dealt"], _TOLD):
        return said
    standing = "behind" if leads > 0 else "ahead" if leads < 0 else "even"
    return both(said, _filled(STANDING[standing], {"leads": abs(leads)}))


def counted(codes: Sequence[str]) -> Titles:
    """Return how many were not taken for which reason: ``2 on leave, 1 full``."""
    several = {code: codes.count(code) for code in dict.fromkeys(codes)}
    said = [_filled(COUNTED[code], {"n": count}) for code, count in several.items()]
    return Titles(", ".join(one.es for one in said), ", ".join(one.en for one in said))


def both(*parts: Titles) -> Titles:
    """Return several sentences as one."""
    return Titles("; ".join(one.es for one in parts), "; ".join(one.en for one in parts))


def listed(values: Collection[str]) -> str:
    """Return values as people read them."""
    return ", ".join(sorted(values)) or "–"


def moment(at: datetime | None, zone: tzinfo) -> Titles:
    """Return a moment as the clock on the wall shows it; a day alone at its midnight."""
    if at is None:
        return _NOTHING
    local = at.astimezone(zone)
    day = _day(local.date())
    clock = "" if local.hour == local.minute == 0 else f" {local.hour}:{local.minute:02d}"
    return Titles(day.es + clock, day.en + clock)


_NOTHING = Titles("", "")
_TOLD = 1
"""Decimals of how far somebody is from their share."""


def _day(day: date | None) -> Titles:
    if day is None:
        return _NOTHING
    return Titles(day_in_words(day, "es"), day_in_words(day, "en"))


def _filled(template: Titles, filled: Mapping[str, Filled]) -> Titles:
    def say(text: str, language: Language) -> str:
        return text.format(**{name: _said(value, language) for name, value in filled.items()})

    return Titles(say(template.es, "es"), say(template.en, "en"))


def _said(value: Filled, language: Language) -> str:
    if isinstance(value, Titles):
        return value.es if language == "es" else value.en
    return value if isinstance(value, str) else decimal(value, language)
