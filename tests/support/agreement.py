"""The policy the journeys run under: small, with every kind of signal and both gates.

Its signals do not fade, so what a lead is worth does not depend on the moment somebody
asks, and two worlds can be compared to the last point. Clocks and pauses are arguments: a
test that wants to see a deadline pass cannot wait for a business day.
"""

COMPETITOR = "rival-software.com"

TEXT = """
policy: {policy}
title: {{en: "When a lead is ready", es: "Cuándo un lead está listo"}}

lists:
  competitors: [{competitor}]

signals:
  demo_request:
    title: {{en: "Asked for a demo", es: "Pidió una demo"}}
    touch: demo.requested
    points: 100
    within: 60d
  buying_guide:
    title: {{en: "Downloaded a buying guide", es: "Descargó una guía de compra"}}
    touch: content.downloaded
    where: {{content.topic: [pricing, comparison]}}
    points: 30
    at_most: 2
    distinct_by: content.id
    within: 60d
  webinar:
    title: {{en: "Attended a webinar", es: "Asistió a un webinar"}}
    touch: webinar.attended
    points: 25
    at_most: 2
    within: 60d
  email_opened:
    title: {{en: "Opened an e-mail", es: "Abrió un correo"}}
    touch: email.opened
    points: 1
    at_most: 5
    within: 60d
    weak: true

fit:
  company_size:
    title: {{en: "50 employees or more", es: "50 empleados o más"}}
    when: {{account.employees: {{at_least: 50}}}}
    points: 30
  decides:
    title: {{en: "Decides", es: "Decide"}}
    when: {{lead.title: {{contains: [director, head, chief]}}}}
    points: 30

exclude:
  competitor:
    title: {{en: "Competitor", es: "Competidor"}}
    when: {{account.domain: {{in_list: competitors}}}}

gates:
  asked_for_us:
    title: {{en: "Asked for us", es: "Nos lo ha pedido"}}
    tier: hot
    when: {{signal: demo_request}}
  engaged_and_fitting:
    title: {{en: "Engaged, and fits", es: "Interesado, y encaja"}}
    tier: warm
    when:
      all:
        - {{fit: {{at_least: 60}}}}
        - {{engagement: {{at_least: 80}}}}
        - {{different_signals: {{at_least: 2, within: 60d}}}}

cool_down: {cool_down}

response:
  # One step, at the deadline: a reminder halfway would come in one world and not in the other.
  hot: {{accept_in: {accept_in}, first_attempt_in: 1h, ladder: {{manager: 100%}}}}
  warm: {{accept_in: {accept_in}, first_attempt_in: 1d, ladder: {{manager: 100%}}}}

reject_reasons:
  not_now:
    title: {{en: "Not now", es: "Ahora no"}}
    effect: recycle
    after: {returns_after}
  wrong_person:
    title: {{en: "Wrong person", es: "No es la persona adecuada"}}
    effect: ask_right_person
  other:
    title: {{en: "Other reason", es: "Otro motivo"}}
    effect: text

targets: {{acceptance: 70%, first_attempt_in_time: 90%, won: 10%, sales_ready_per_month: 40}}
"""


def agreement(
    policy: str = "journey",
    accept_in: str = "15m",
    cool_down: str = "30d",
    returns_after: str = "90d",
) -> str:
    """Return the policy's text. Durations are written as in a policy: ``15m``, ``90s``."""
    return TEXT.format(
        policy=policy,
        competitor=COMPETITOR,
        accept_in=accept_in,
        cool_down=cool_down,
        returns_after=returns_after,
    )
