"""What is told of whom a policy is for, of people of one account and of lists kept outside."""

import pytest

from services.handoff.domain.policy import PolicyVersion
from services.handoff.policy_document import compile_policy
from services.handoff.texts import tell_changes
from tests.unit.handoff.telling import sentences

SEVERAL = """\
policy: iberia
title: {en: "Iberia", es: "Iberia"}
applies_to: {when: {lead.country: [ES, PT]}}
signals:
  pricing: {title: {en: "Saw prices", es: "Vio precios"}, touch: pricing.viewed, points: 30}
exclude:
  rival: {title: {en: "Rival", es: "Rival"}, when: {account.domain: {in_list: rivals}}}
gates:
  group:
    title: {en: "A group", es: "Un grupo"}
    tier: warm
    when:
      all:
        - {people: {at_least: 3, within: 30d, signals: [pricing]}}
        - not: {people: {at_least: 9, within: 30d}}
        - people: {at_least: 1, within: 30d, where: {any: [{lead.title: CTO}, {lead.free_mail: false}]}}
response: {warm: {accept_in: 4h, first_attempt_in: 1d}}
"""  # noqa: E501 - a policy is read line by line


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            {
                "applies_to": "It is for a lead of whom it is known that the country is “ES” or "
                "“PT”.",
                "lists.rivals": "“rivals” is kept beside the agreement: what it holds is daily "
                "work, and each decision names the version of it that was asked.",
                "gates.group.when.0": "at least 3 people of the lead’s company gave a signal "
                "(“Saw prices”) in the last 30 days",
                "gates.group.when.1": "fewer than 9 people of the lead’s company gave a signal "
                "in the last 30 days",
                "gates.group.when.2": "at least 1 person of the lead’s company gave a signal in "
                "the last 30 days, and of each of them it is known that one of these holds (the "
                "job title is “CTO”; the lead writes from no free mailbox)",
            },
        ),
        (
            "es",
            {
                "applies_to": "Es para un lead del que se sabe que el país es «ES» o «PT».",
                "lists.rivals": "«rivals» se lleva fuera de este acuerdo: lo que contiene es "
                "trabajo del día a día, y cada decisión dice qué versión de ella se consultó.",
                "gates.group.when.0": "al menos 3 personas de la empresa del lead dieron una señal "
                "(«Vio precios») en los últimos 30 días",
                "gates.group.when.1": "menos de 9 personas de la empresa del lead dieron una señal "
                "en los últimos 30 días",
                "gates.group.when.2": "al menos 1 persona de la empresa del lead dieron una señal "
                "en los últimos 30 días, y de cada una se sabe que se cumple algo de esto (el "
                "cargo es «CTO»; el lead no escribe desde un correo gratuito)",
            },
        ),
    ],
)
def test_whom_it_is_for_people_and_lists_kept_outside_are_told(language, told):
    version = compile_policy(SEVERAL, lists=("rivals",)).version
    assert version is not None
    found = sentences(version, language)

    assert {path: found[path] for path in told} == told


def test_that_a_list_is_kept_elsewhere_now_and_who_it_is_for_is_told_as_a_change():
    inside = SEVERAL.replace("signals:\n", "lists: {rivals: [rival.com]}\nsignals:\n", 1)
    wider = inside.replace("[ES, PT]", "[ES, PT, FR]")
    everybody = inside.replace("applies_to: {when: {lead.country: [ES, PT]}}\n", "")
    texts = (SEVERAL, inside, wider, everybody)
    outside, held, more, whoever = (
        compile_policy(text, lists=("rivals",)).version for text in texts
    )
    assert outside is not None
    assert held is not None
    assert more is not None
    assert whoever is not None

    def changes(old: PolicyVersion, new: PolicyVersion) -> list[str]:
        return [sentence.text for sentence in tell_changes(old, new, "en").sentences()]

    assert changes(outside, held) == [
        "“rivals” is no longer kept beside the agreement; it holds “rival.com”."
    ]
    assert changes(held, outside) == [
        "“rivals” is now kept beside the agreement; until now it held “rival.com”."
    ]
    assert changes(held, more) == [
        "For the agreement it is now also enough that the country is “FR”."
    ]
    assert changes(held, whoever) == [
        (
            "It is now for every lead, and no longer only for one of whom it is known that the "
            "country is “ES” or “PT”."
        )
    ]
