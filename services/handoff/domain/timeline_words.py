"""What sales did with a lead, in the words of its timeline."""

from collections.abc import Mapping
from typing import Any

from services.handoff.domain.questions import Titles

KINDS: Mapping[str, tuple[str, Titles]] = {
    "sales_ready": ("handoff.sales_ready", Titles("Entregado a {who}", "Handed over to {who}")),
    "accept": ("handoff.accepted", Titles("{who} lo aceptó", "{who} accepted it")),
    "reject": (
        "handoff.rejected",
        Titles("{who} lo devolvió: {reason}", "{who} sent it back: {reason}"),
    ),
    "hand_back": (
        "handoff.rejected",
        Titles(
            "{who} lo devolvió tras trabajarlo: {reason}",
            "{who} sent it back after work on it: {reason}",
        ),
    ),
    "attempt": (
        "handoff.attempted",
        Titles("{who} intentó hablar {channel}", "{who} tried to reach them {channel}"),
    ),
    "talked": (
        "handoff.talked",
        Titles("{who} habló con el lead {channel}", "{who} talked with them {channel}"),
    ),
    "sql": ("handoff.sql", Titles("Cualificado por ventas (SQL)", "Qualified by sales (SQL)")),
    "opportunity": (
        "handoff.opportunity",
        Titles("Oportunidad{amount}", "Opportunity{amount}"),
    ),
    "won": ("handoff.won", Titles("Ganado{amount}", "Won{amount}")),
    "lost": ("handoff.lost", Titles("Perdido: {reason}", "Lost: {reason}")),
    "reassign": ("handoff.reassigned", Titles("{who} lo dio a {to}", "{who} gave it to {to}")),
    "escalated": (
        "handoff.escalated",
        Titles(
            "Nadie respondió a tiempo: se avisó a {to}", "Nobody answered in time: {to} was told"
        ),
    ),
    "reminded": ("handoff.reminded", Titles("Se le recordó a {to}", "{to} was reminded")),
    "reassigned": (
        "handoff.reassigned",
        Titles("Sin respuesta a tiempo, pasó a {to}", "Without an answer in time it went to {to}"),
    ),
    "ladder_skipped": (
        "handoff.ladder_skipped",
        Titles("No hizo falta avisar a nadie más", "Nobody else had to be told"),
    ),
    "fell_back": (
        "handoff.fell_back",
        Titles(
            "Nadie del equipo podía tomarlo: lo tiene {to}",
            "Nobody of the team could take it: {to} has it",
        ),
    ),
    "rescheduled": ("handoff.rescheduled", Titles("Vence a otra hora", "Due at another time")),
    "paused": (
        "handoff.paused",
        Titles("{who} detuvo los relojes: {reason}", "{who} paused the clocks: {reason}"),
    ),
    "resumed": (
        "handoff.resumed",
        Titles("{who} dejó correr los relojes", "{who} let the clocks run again"),
    ),
    "override": (
        "handoff.override",
        Titles("{who} lo entregó a mano: {reason}", "{who} handed it over by hand: {reason}"),
    ),
    "joined": (
        "handoff.joined",
        Titles("Se sumó alguien de la misma empresa", "Somebody of the same company joined"),
    ),
    "rejudged": (
        "handoff.rejudged",
        Titles(
            "Lo que lo decidió se juzgó de otro modo", "What had decided was judged another way"
        ),
    ),
    "erased": ("handoff.erased", Titles("Sus datos se borraron", "Their data were erased")),
    "superseded": (
        "handoff.superseded",
        Titles("Unido con otra entrega", "Joined with another hand-off"),
    ),
    "consent": (
        "handoff.consent_changed",
        Titles("Cambió cómo se le puede contactar", "How they may be contacted changed"),
    ),
    "informed": ("handoff.informed", Titles("Se informó a {to}", "{to} was told")),
    "answer_refused": (
        "handoff.answer_refused",
        Titles("Una respuesta de {who} no cuenta", "An answer of {who} does not count"),
    ),
    "works_on_it": (
        "handoff.works_on_it",
        Titles("Ya lo trabaja {works_on_it}", "{works_on_it} works on it already"),
    ),
    "request_settled": (
        "lead.request_settled",
        Titles("Ya está lo que ventas pidió: {text}", "What sales asked for is there: {text}"),
    ),
}
"""By the kind of step: the kind of line, and its words."""
PEOPLE = ("to", "works_on_it")
"""What a step says by a person's id."""
CHANNELS: Mapping[str, Titles] = {
    "call": Titles("por teléfono", "by phone"),
    "phone": Titles("por teléfono", "by phone"),
    "email": Titles("por correo", "by e-mail"),
    "meeting": Titles("en una reunión", "in a meeting"),
    "message": Titles("por mensaje", "by message"),
    "linkedin": Titles("por LinkedIn", "on LinkedIn"),
}
"""How somebody was talked with; another word stays as it was told."""
SPANISH_MARKS = str.maketrans(",.", ".,")


def line_kind(step: str) -> str:
    """Return the kind of line a step is."""
    known = KINDS.get(step)
    return f"handoff.{step}" if known is None else known[0]


def words(
    step: str,
    who: str,
    detail: Mapping[str, Any],
    names: Mapping[str, str],
    reason: Titles | None,
) -> dict[str, str]:
    """Return a line's words by language; ``names`` are those of people by their ids.

    ``reason`` is the title of the policy's reason, where the step names one of its own.
    """
    said = {"channel": "", "text": "", "reason": "", "works_on_it": "", "to": "", **detail}
    said |= {one: names.get(said[one] or "", said[one] or "") for one in PEOPLE}
    amount, currency = detail.get("amount"), detail.get("currency")
    said["who"] = who
    title = KINDS[step][1] if step in KINDS else Titles(step, step)
    given = said["reason"] or ""
    channel = str(said["channel"] or "")
    over = CHANNELS.get(channel, Titles(channel, channel))
    money = "" if amount is None else f": {amount:,.10g} {currency or ''}".rstrip()
    spanish = {"reason": given if reason is None else reason.es, "channel": over.es}
    spanish["amount"] = money.translate(SPANISH_MARKS)
    english = {
        "reason": given if reason is None else reason.en,
        "channel": over.en,
        "amount": money,
    }
    return {
        "es": title.es.format_map({**said, **spanish}).rstrip(),
        "en": title.en.format_map({**said, **english}).rstrip(),
    }
