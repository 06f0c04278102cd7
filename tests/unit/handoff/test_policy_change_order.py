"""Gates and signals that come, go, move or get another name between two versions."""

from tests.unit.handoff.starter import STARTER, told

ASKED = """\
  asked_for_us:
    title: {en: "Asked for us", es: "Nos lo ha pedido"}
    tier: hot
    when: {signal: [demo_request, quote_request, contact_request]}
"""
TRYING = """\
  trying_and_fitting:
    title: {en: "Tries the product and fits", es: "Prueba el producto y encaja"}
    tier: warm
    when:
      all:
        - {signal: trial_started, within: 30d}
        - {fit: {at_least: 30}}
"""
REPLIED = "  replied:\n    tier: warm\n    when: {signal: replied, times: 2}\n"


def test_the_order_of_gates_is_told_because_the_first_decides():
    english, _ = told((ASKED, ""), (TRYING, TRYING + ASKED))

    assert english == [
        (
            "They are asked in another order now, and the first that is passed decides: “Tries the "
            "product and fits”, “Asked for us” and “Engaged, and fits”. Until now: “Asked for us”, "
            "“Tries the product and fits” and “Engaged, and fits”."
        )
    ]


def test_the_order_of_anything_else_is_told_as_what_it_is():
    student = STARTER[STARTER.index("  student:") : STARTER.index("\n# Never a hand-off")]
    english, _ = told((student, ""), ("fit:\n", f"fit:\n{student}"))

    assert english == [
        (
            "They stand in another order, which changes no decision: “Student”, “50 employees or "
            "more”, “Decides or leads”, “In a country we serve” and “Writes from a company”."
        )
    ]


def test_a_new_gate_is_told_whole_and_with_its_place():
    assert told((TRYING, REPLIED + TRYING))[0] == [
        "New:",
        "“Replied” makes a lead ready, as “warm”.",
        "It is asked after “Asked for us”.",
        "It is passed when “Replied to an e-mail” was seen at least 2 times in all.",
    ]
    assert "It is asked first." in told((ASKED, REPLIED + ASKED))[0]


def test_a_gate_that_is_gone_is_told_whole():
    english, _ = told((TRYING, ""))

    assert english[:3] == [
        "Dropped:",
        "“Tries the product and fits” makes a lead ready, as “warm”.",
        "It is passed when all of these hold:",
    ]


def test_a_signal_that_got_another_name_is_told_by_its_names():
    english, _ = told(("  quote_request:", "  asked_price:"), ("quote_request,", "asked_price,"))

    assert english[:2] == ["Dropped:", "“Asked for a price” (`quote_request`) counts 100 points."]
    assert "“Asked for a price” (`asked_price`) counts 100 points." in english
    assert (
        "For “Asked for us” it is now also enough that “Asked for a price” (`asked_price`) was "
        "seen." in english
    )
