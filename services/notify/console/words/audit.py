"""What people, keys and Relevo did in notify, and what may wait there."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "audit.delivery.redelivered": Titles("repitió un envío", "redelivered a delivery"),
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
    "audit.channel.tested": Titles("probó un canal suyo", "tried a channel of theirs"),
    "audit.subscription.redelivered": Titles(
        "reenvió lo que falló a una suscripción", "sent again what a subscription had not got"
    ),
    "waits_failed": Titles(
        "A {name} no le llegó un envío. Mira por qué, arréglalo y reenvíalo.|A {name} no le llegaron {count} envíos. Mira por qué, arréglalo y reenvíalos.",
        "A delivery did not reach {name}. Look why, mend it and send it again.|{count} deliveries did not reach {name}. Look why, mend it and send them again.",
    ),
    "waits_deliveries": Titles("Envíos en curso", "Deliveries under way"),
    "waits_parked_deliveries": Titles("Envíos dados por imposibles", "Deliveries given up"),
}
