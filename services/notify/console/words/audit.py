"""What people, keys and Relevo did in notify, and what may wait there."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "audit.delivery.redelivered": Titles("reenvió una entrega", "redelivered a delivery"),
    "audit.lead.erased": Titles(
        "borró lo que sabía de una persona", "erased what it knew of a person"
    ),
    "audit.subscription.added": Titles("añadió una suscripción", "added a subscription"),
    "audit.subscription.changed": Titles("cambió una suscripción", "changed a subscription"),
    "audit.subscription.disabled": Titles("desactivó una suscripción", "disabled a subscription"),
    "audit.subscription.enabled": Titles("activó una suscripción", "enabled a subscription"),
    "audit.subscription.paused": Titles("paró una suscripción", "paused a subscription"),
    "audit.subscription.removed": Titles("quitó una suscripción", "removed a subscription"),
    "audit.subscription.replayed": Titles(
        "repitió eventos a una suscripción", "replayed events to a subscription"
    ),
    "audit.subscription.rotated": Titles(
        "cambió el secreto de una suscripción", "rotated a subscription's secret"
    ),
    "waits_deliveries": Titles("Entregas en curso", "Deliveries under way"),
    "waits_parked_deliveries": Titles("Entregas dadas por imposibles", "Deliveries given up"),
}
