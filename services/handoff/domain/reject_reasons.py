"""The reasons a policy has when it names none: ten, each with what it causes."""

from datetime import timedelta

from services.handoff.domain.policy import Effect, RejectReason
from services.handoff.domain.questions import Titles


def _reason(name: str, effect: Effect, es: str, en: str) -> RejectReason:
    return RejectReason(name, Titles(es, en), effect)


DEFAULT_REJECT_REASONS: tuple[RejectReason, ...] = (
    _reason("not_our_market", "suppress", "No es nuestro mercado", "Not our market"),
    _reason("wrong_person", "ask_right_person", "No es la persona adecuada", "Wrong person"),
    _reason("bad_data", "fix", "Datos incorrectos", "Bad data"),
    _reason(
        "already_worked",
        "join",
        "Duplicado o ya lo está trabajando alguien",
        "Duplicate, or somebody already works on it",
    ),
    _reason("existing_customer", "owner", "Ya es cliente", "Existing customer"),
    RejectReason("not_now", Titles("Ahora no", "Not now"), "recycle", after=timedelta(days=90)),
    RejectReason(
        "no_reply",
        Titles("No responde", "No reply"),
        "recycle",
        after=timedelta(days=180),
        attempts=4,
    ),
    _reason(
        "not_a_buyer",
        "exclude",
        "Competidor, estudiante o proveedor",
        "Competitor, student or vendor",
    ),
    _reason(
        "do_not_contact",
        "opt_out",
        "Ha pedido que no le contactemos",
        "Asked not to be contacted",
    ),
    _reason("other", "text", "Otro motivo", "Other reason"),
)
