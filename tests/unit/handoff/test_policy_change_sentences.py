"""One change of the starter policy at a time is one sentence, in both languages."""

import pytest

from tests.unit.handoff.starter import told

GUIDE = "    points: 30\n    at_most: 2\n    distinct_by: content.id    # the same PDF"
TRIAL = "    points: 60\n    half_life: 14d\n    within: 60d"


@pytest.mark.parametrize(
    ("old", "new", "english", "spanish"),
    [
        pytest.param(
            GUIDE, GUIDE.replace("30", "20"),
            "“Downloaded a buying guide” now counts 20 points instead of 30 points.",
            "«Descargó una guía de compra» vale ahora 20 puntos en vez de 30 puntos.",
            id="points",
        ),
        pytest.param(
            GUIDE, GUIDE.replace("30", "-20"),
            "Now: “Downloaded a buying guide” takes away 20 points. Until now: “Downloaded a "
            "buying "
            "guide” counts 30 points.",
            "Ahora: «Descargó una guía de compra» resta 20 puntos. Hasta ahora: «Descargó una guía "
            "de compra» vale 30 puntos.",
            id="points that turn round",
        ),
        pytest.param(
            "points: -40", "points: -50", "“Looked at our jobs” now takes away 50 points instead "
            "of 40 points.",
            "«Miró nuestras ofertas de empleo» resta ahora 50 puntos en vez de 40 puntos.",
            id="points taken away",
        ),
        pytest.param(
            GUIDE, GUIDE.replace("at_most: 2", "at_most: 3"),
            "“Downloaded a buying guide” now counts 3 times at most instead of 2 times.",
            "«Descargó una guía de compra» cuenta ahora 3 veces como mucho en vez de 2 veces.",
            id="the cap",
        ),
        pytest.param(
            GUIDE, GUIDE.replace("    distinct_by: content.id", "   "),
            "“Downloaded a buying guide” no longer counts only once where the id of the content is "
            "the same.",
            "«Descargó una guía de compra» ya no cuenta una sola vez donde coincide el "
            "identificador del contenido.",
            id="not distinct any more",
        ),
        pytest.param(
            TRIAL, TRIAL.replace("14d", "7d"),
            "“Started a trial” now loses half of its points in 7 days instead of 14 days.",
            "«Empezó una prueba» pierde ahora la mitad de los puntos en 7 días en vez de 14 días.",
            id="fading",
        ),
        pytest.param(
            TRIAL, TRIAL.replace("\n    half_life: 14d", ""),
            "“Started a trial” no longer fades; until now half of the points were left after 14 "
            "days.",
            "«Empezó una prueba» ya no se apaga; hasta ahora perdía la mitad de los puntos en 14 "
            "días.",
            id="not fading any more",
        ),
        pytest.param(
            "    touch: quote.requested\n    points: 100\n    within: 30d",
            "    touch: quote.requested\n    points: 100",
            "“Asked for a price” now counts however long ago it was; until now, for 30 days only.",
            "«Pidió presupuesto» cuenta ahora por mucho tiempo que haya pasado; hasta ahora, solo "
            "durante 30 días.",
            id="no window any more",
        ),
        pytest.param(
            "    weak: true                 # security", "    # security",
            "“Clicked in an e-mail” is no longer weak: it can now help to make a lead ready.",
            "«Hizo clic en un correo» ya no es débil: ahora puede ayudar a que un lead esté listo.",
            id="strong",
        ),
        pytest.param(
            "    touch: pricing.viewed", "    touch: [pricing.viewed, pricing.asked]",
            "“Looked at the prices” is now a touch of the kind `pricing.viewed` or `pricing.asked` "
            "instead of `pricing.viewed`.",
            "«Miró los precios» es ahora una interacción del tipo `pricing.viewed` o "
            "`pricing.asked` en vez de `pricing.viewed`.",
            id="kinds of touch",
        ),
        pytest.param(
            "touch: [demo.requested, meeting.booked]", "touch: [meeting.booked, demo.requested]",
            "“Asked for a demo or a meeting” is written in another way and means the same.",
            "«Pidió una demo o una reunión» está escrito de otra manera y significa lo mismo.",
            id="kinds of touch in another order",
        ),
        pytest.param(
            "    where: {page.path: {contains: [pricing, plans, precios, planes]}}\n", "",
            "“Visited the pricing page” no longer counts only when the path of the page contains "
            "“pricing”, “plans”, “precios” or “planes”.",
            "«Visitó la página de precios» ya no cuenta solo cuando la ruta de la página contiene "
            "«pricing», «plans», «precios» o «planes».",
            id="whatever page",
        ),
        pytest.param(
            "{contains: [pricing, plans, precios, planes]}",
            "{contains: [pricing, plans, precios]}",
            "For “Visited the pricing page” it is no longer enough that the path of the page "
            "contains “planes”.",
            "A «Visitó la página de precios» ya no le basta con esto: la ruta de la página "
            "contiene «planes».",
            id="a word less",
        ),
        pytest.param(
            "{contains: [pricing, plans, precios, planes]}",
            "{contains: [pricing, plans, Precios, planes]}",
            "“Visited the pricing page” is written in another way and means the same.",
            "«Visitó la página de precios» está escrito de otra manera y significa lo mismo.",
            id="a capital",
        ),
        pytest.param(
            "{content.topic: {exists: false}}", "{content.topic: roi}",
            "Condition 2 of “Downloaded other content” now asks that the topic of the content is "
            "“roi”, no longer that the topic of the content is not known.",
            "La condición 2 de «Descargó otro contenido» pide ahora esto: el tema del contenido es "
            "«roi». Ya no pide esto: el tema del contenido no se conoce.",
            id="one of several conditions",
        ),
        pytest.param(
            "{account.employees: {at_least: 50}}", "{account.employees: {at_least: 100}}",
            "“50 employees or more” now asks that the company’s number of employees is at least "
            "100 "
            "instead of 50.",
            "«50 empleados o más» pide ahora esto: el número de empleados de la empresa es al "
            "menos "
            "100 en vez de 50.",
            id="a number in a question",
        ),
        pytest.param(
            "when: {account.domain: [ourcompany.example]}",
            "when: {any: [{account.domain: ourcompany.example}, {lead.email_domain: a.example}]}",
            "For “Works for us” it is now also enough that the domain of the e-mail address is "
            "“a.example”.",
            "A «Trabaja con nosotros» le basta ahora también con esto: el dominio del correo es "
            "«a.example».",
            id="another way to be excluded",
        ),
        pytest.param(
            "[demo_request, quote_request, contact_request]", "[demo_request, quote_request]",
            "For “Asked for us” it is no longer enough that “Asked sales to get in touch” was "
            "seen.",
            "A «Nos lo ha pedido» ya no le basta con esto: se ha visto «Pidió que ventas le "
            "contacte».",
            id="a signal that no longer passes",
        ),
        pytest.param(
            "{engagement: {at_least: 60}}", "{engagement: {at_least: 70}}",
            "“Engaged, and fits” now asks that the engagement is at least 70 points instead of 60 "
            "points.",
            "«Interesado, y encaja» pide ahora esto: el interés llega a 70 puntos en vez de 60 "
            "puntos.",
            id="a threshold",
        ),
        pytest.param(
            "        - {fit: {at_least: 40}}\n", "",
            "“Engaged, and fits” no longer asks that the fit is at least 40 points.",
            "«Interesado, y encaja» ya no pide esto: el encaje llega a 40 puntos.",
            id="a condition less",
        ),
        pytest.param(
            "- {different_signals: {at_least: 2, within: 30d}}",
            "- {any: [{different_signals: {at_least: 2, within: 30d}}, {signal: webinar}]}",
            "For condition 3 of “Engaged, and fits” it is now also enough that “Attended a webinar "
            "or an event” was seen.",
            "A la condición 3 de «Interesado, y encaja» le basta ahora también con esto: se ha "
            "visto «Asistió a un webinar o evento».",
            id="an alternative",
        ),
        pytest.param(
            "      all:\n        - {fit: {at_least: 40}}",
            "      at_least: 2\n      of:\n        - {fit: {at_least: 40}}",
            "Of the conditions of “Engaged, and fits” at least 2 must hold now instead of all.",
            "De las condiciones de «Interesado, y encaja» deben cumplirse ahora al menos 2 en vez "
            "de todas.",
            id="how many conditions",
        ),
        pytest.param(
            "tier: hot", "tier: warm",
            "“Asked for us” now makes a lead ready as “warm” instead of “hot”.",
            "«Nos lo ha pedido» hace ahora listo a un lead como «warm» en vez de «hot».",
            id="the tier",
        ),
        pytest.param(
            "cool_down: 30d", "cool_down: 0d",
            "There is no cool-down any more; until now it was 30 days.",
            "Ya no hay espera; hasta ahora era de 30 días.", id="no cool-down",
        ),
        pytest.param(
            "hot: {accept_in: 15m", "hot: {accept_in: 20m",
            "A lead that is “hot” is now accepted or sent back within 20 minutes instead of 15 "
            "minutes.",
            "Un lead «hot» se acepta o se devuelve ahora en 20 minutos en vez de 15 minutos.",
            id="what sales owes",
        ),
        pytest.param(
            "hot: {accept_in: 15m", "hot: {ladder: {manager: 80%, reassign: 120%}, accept_in: 15m",
            "While a lead that is “hot” is not answered, now the owner’s manager is told at 80% "
            "and it goes to somebody else at 120%; until now the usual ladder held.",
            "Mientras un lead «hot» no tenga respuesta, ahora se avisa a su jefe al 80\xa0% y pasa "
            "a otra persona al 120\xa0%; hasta ahora valía la escalera habitual.",
            id="a ladder of its own",
        ),
        pytest.param(
            "effect: fix", "effect: text",
            "“Bad data” now means: the reason has to be said in words. Until now: the data is "
            "mended, and nobody is blamed.",
            "«Datos incorrectos» significa ahora: hay que decir el motivo con palabras. Hasta "
            "ahora: "
            "se corrigen los datos, y no es culpa de nadie.",
            id="an effect",
        ),
        pytest.param(
            "acceptance: 70%, ", "", "One goal is dropped: sales accepts 70% of what it is handed.",
            "Se retira un objetivo: ventas acepta el 70\xa0% de lo que se le entrega.",
            id="a goal less",
        ),
        pytest.param(
            "won: 10%", "won: 12.5%",
            "Sales is now to win 12.5% of what it is handed instead of 10%.",
            "Ventas debe ganar ahora el 12,5\xa0% de lo que se le entrega en vez del 10\xa0%.",
            id="a goal",
        ),
        pytest.param(
            "competitor-two.example]", "competitor-two.example, c3.example]",
            "“competitors” now also holds “c3.example”.",
            "«competitors» contiene ahora también «c3.example».", id="a value of a list",
        ),
        pytest.param(
            'es: "Pidió presupuesto"', 'es: "Pidió precio"',
            "In Spanish, “Asked for a price” is now called «Pidió precio» instead of «Pidió "
            "presupuesto».",
            "«Pidió presupuesto» se llama ahora «Pidió precio».", id="a title",
        ),
        pytest.param(
            "policy: b2b-starter", "policy: b2b",
            "The policy’s name is now `b2b` instead of `b2b-starter`.",
            "La política se llama ahora `b2b` en vez de `b2b-starter`.", id="the policy's name",
        ),
    ],
)  # fmt: skip
def test_one_change_is_one_sentence(old, new, english, spanish):
    assert told((old, new)) == ([english], [spanish])
