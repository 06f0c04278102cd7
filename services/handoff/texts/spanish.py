"""The agreement in Spanish."""

import re

from services.handoff.texts.spanish_conditions import (
    CHANGES,
    CONDITIONS,
    FACTS,
    NOTES,
    OPERATORS,
    TRUTHS,
)
from services.handoff.texts.words import Said, Words

_LIKE_I = re.compile(r"h?[ií](?![aeoáéó])", re.IGNORECASE)
_LIKE_O = re.compile(r"h?[oó]|8|11(?![0-9])", re.IGNORECASE)


def joins_as(conjunction: str, following: str) -> str:
    """Return ``conjunction`` as it sounds: «e» before an i, «u» before an o.

    «Hielo» begins with another sound, and 8 and 11 are read «ocho» and «once».
    """
    if conjunction == "y" and _LIKE_I.match(following):
        return "e"
    return "u" if conjunction == "o" and _LIKE_O.match(following) else conjunction


SPANISH = Words(
    joins_as=joins_as,
    and_word="y",
    or_word="o",
    quotes=("«", "»"),
    decimal=",",
    thousands=".",
    grouped_from=10_000,
    percent="{number}\xa0%",
    yes_no=("sí", "no"),
    units={
        "day": ("día", "días"),
        "hour": ("hora", "horas"),
        "minute": ("minuto", "minutos"),
        "second": ("segundo", "segundos"),
    },
    last={
        "day": ("en el último día", "en los últimos {n} días"),
        "hour": ("en la última hora", "en las últimas {n} horas"),
        "minute": ("en el último minuto", "en los últimos {n} minutos"),
        "second": ("en el último segundo", "en los últimos {n} segundos"),
    },
    counted={
        "points": ("{n} punto", "{n} puntos"),
        "signals.at_most": ("una vez", "{n} veces"),
        "signal.times": ("una vez", "{n} veces"),
        "people.at_least": ("{n} persona", "{n} personas"),
        "different_signals.at_least": ("{n} señal distinta", "{n} señales distintas"),
        "reject_reasons.attempts": ("{n} intento", "{n} intentos"),
        "targets.sales_ready_per_month": ("{n} lead", "{n} leads"),
    },
    headings={
        "applies_to": "Para quién es",
        "signals": "Qué hacen los leads: interés",
        "fit": "Quiénes son los leads: encaje",
        "exclude": "A quién no se entrega nunca",
        "gates": "Cuándo está un lead listo para ventas",
        "cool_down": "Después de una entrega",
        "response": "Qué debe ventas",
        "reject_reasons": "Por qué puede ventas devolver un lead",
        "targets": "Qué se proponen los dos equipos",
        "reviewed_every": "Revisión",
        "lists": "Las listas",
        "names": "Los nombres en informes, eventos y la API",
    },
    intros={
        "signals": (
            "Si un lead hizo lo mismo más veces de las que cuentan, valen las más recientes.",
            "La edad se cuenta desde que ocurrió.",
            "Lo que hizo una máquina no cuenta.",
            (
                "Lo que quizá hizo una máquina, y lo que nos llegó más de {late} después de "
                "ocurrir, "
                "se enseña a las personas y nunca hace listo a un lead."
            ),
        ),
        "fit": (
            "El encaje no se apaga, y nunca se suma al interés.",
            "Lo que nadie sabe no da puntos: no saberse no es «no».",
        ),
        "exclude": ("Basta una de estas, sea como sea el lead y haga lo que haga.",),
        "gates": (
            "Cualquiera de estas hace listo a un lead.",
            "Se preguntan en este orden, y decide la primera que se pasa.",
            "Aquí no cuentan nada las señales débiles, las máquinas ni lo dudoso.",
        ),
        "response": ("Los relojes empiezan cuando se recibió la interacción que decidió.",),
        "lists": ("Los valores se comparan sin mirar mayúsculas ni acentos.",),
        "reject_reasons": ("Ventas acepta un lead, o lo devuelve por uno de estos motivos.",),
    },
    nothing={
        "fit": "Nada: todos los leads encajan con 0 puntos.",
        "exclude": "A nadie.",
        "targets": "No se ha acordado ningún objetivo.",
    },
    said={
        "policy": Said("", "La política se llama ahora {value} en vez de {old}."),
        "title": Said("{it} es {value}, en inglés {other}.", "{old} se llama ahora {value}."),
        "title.other": Said("", "En inglés, {it} se llama ahora {value} en vez de {old}."),
        "applies_to": Said(
            "Es para un lead del que se sabe que {value}",
            "",
            absent="Es para todos los leads.",
            added="Ahora es solo para un lead del que se sabe que {value}",
            removed="Ahora es para todos los leads, ya no solo para uno del que se sabe que {old}",
        ),
        "signals.points": Said("{it} vale {value}.", "{it} vale ahora {value} en vez de {old}."),
        "signals.points.minus": Said(
            "{it} resta {value}.", "{it} resta ahora {value} en vez de {old}."
        ),
        "signals.touch": Said(
            "Es una interacción del tipo {value}.",
            "{it} es ahora una interacción del tipo {value} en vez de {old}.",
        ),
        "signals.at_most": Said(
            "Cuenta {value} como mucho.", "{it} cuenta ahora {value} como mucho en vez de {old}."
        ),
        "signals.distinct_by": Said(
            "Donde coincide {value}, cuenta una sola vez.",
            "{it} cuenta ahora una sola vez donde coincide {value}, y no donde coincide {old}.",
            added="{it} cuenta ahora una sola vez donde coincide {value}.",
            removed="{it} ya no cuenta una sola vez donde coincide {old}.",
        ),
        "signals.half_life": Said(
            "Se apaga: pierde la mitad de los puntos en {value}.",
            "{it} pierde ahora la mitad de los puntos en {value} en vez de {old}.",
            absent="No se apaga.",
            added="{it} ahora se apaga: pierde la mitad de los puntos en {value}.",
            removed="{it} ya no se apaga; hasta ahora perdía la mitad de los puntos en {old}.",
        ),
        "signals.within": Said(
            "Pasado un plazo de {value}, deja de contar.",
            "{it} cuenta ahora durante {value} en vez de {old}.",
            absent="Cuenta por mucho tiempo que haya pasado.",
            added="{it} cuenta ahora solo durante {value}; hasta ahora, por mucho tiempo que "
            "hubiera "
            "pasado.",
            removed="{it} cuenta ahora por mucho tiempo que haya pasado; hasta ahora, solo durante "
            "{old}.",
        ),
        "signals.weak": Said(
            "Es débil: nunca puede ser lo que hace listo a un lead.",
            "",
            added="{it} es ahora débil: nunca puede ser lo que hace listo a un lead.",
            removed="{it} ya no es débil: ahora puede ayudar a que un lead esté listo.",
        ),
        "signals.where": Said(
            "Solo cuenta cuando {value}",
            "",
            added="{it} cuenta ahora solo cuando {value}",
            removed="{it} ya no cuenta solo cuando {old}",
        ),
        "fit.points": Said("{it} da {value}.", "{it} da ahora {value} en vez de {old}."),
        "fit.points.minus": Said(
            "{it} quita {value}.", "{it} quita ahora {value} en vez de {old}."
        ),
        "fit.when": Said("Se cumple cuando {value}", ""),
        "exclude.when": Said("{it}: cuando {value}", ""),
        "gates.tier": Said(
            "{it} hace listo a un lead, como {value}.",
            "{it} hace ahora listo a un lead como {value} en vez de {old}.",
        ),
        "gates.when": Said("Se pasa cuando {value}", ""),
        "cool_down": Said(
            "El lead puede volver a estar listo, como pronto, {value} después de cerrarse su "
            "entrega, y solo si ha hecho algo nuevo desde entonces.",
            "El lead puede volver a estar listo ahora {value} después de cerrarse su entrega en "
            "vez "
            "de {old}.",
            absent="El lead puede volver a estar listo en cuanto se cierra su entrega, pero "
            "solo si "
            "ha hecho algo nuevo desde entonces.",
            added="Ahora hay una espera: el lead puede volver a estar listo {value} después de "
            "cerrarse su entrega.",
            removed="Ya no hay espera; hasta ahora era de {old}.",
        ),
        "response.accept_in": Said(
            "Un lead {it} se acepta o se devuelve en {value}.",
            "Un lead {it} se acepta o se devuelve ahora en {value} en vez de {old}.",
        ),
        "response.first_attempt_in": Said(
            "El primer intento de hablar con él se hace en {value}.",
            "El primer intento de hablar con un lead {it} se hace ahora en {value} en vez de "
            "{old}.",
        ),
        "response.calendar": Said(
            "Los relojes corren {value}.",
            "Para un lead {it} los relojes corren ahora {value} en vez de {old}.",
        ),
        "response.ladder": Said(
            "Mientras no haya respuesta, {value}.",
            "Mientras un lead {it} no tenga respuesta, ahora {value}. Hasta ahora: {old}.",
            absent="No se nombra escalera, así que vale la habitual: mientras no haya respuesta, "
            "{value}.",
            added="Mientras un lead {it} no tenga respuesta, ahora {value}; hasta ahora valía la "
            "escalera habitual.",
            removed="Para un lead {it} vale ahora la escalera habitual. Hasta ahora: {old}.",
        ),
        "reject_reasons.effect": Said(
            "{it}: {value}.", "{it} significa ahora: {value}. Hasta ahora: {old}."
        ),
        "reject_reasons.after": Said(
            "Vuelve, como pronto, pasado un plazo de {value}.",
            "Con {it} el lead vuelve ahora, como pronto, pasado un plazo de {value} en vez de "
            "{old}.",
            added="Con {it} el lead vuelve ahora, como pronto, pasado un plazo de {value}.",
            removed="Con {it} el lead ya no se queda fuera {old}; la espera de siempre se "
            "mantiene.",
        ),
        "reject_reasons.attempts": Said(
            "Antes de poder darlo hay que comunicar {value} de hablar con el lead.",
            "{it} exige ahora {value} de hablar con el lead en vez de {old}.",
            added="{it} exige ahora {value} de hablar con el lead, comunicados antes.",
            removed="{it} ya no exige {old} de hablar con el lead.",
        ),
        "targets.acceptance": Said(
            "Ventas acepta el {value} de lo que se le entrega.",
            "Ventas debe aceptar ahora el {value} de lo que se le entrega en vez del {old}.",
            added="Hay un objetivo nuevo: ventas acepta el {value} de lo que se le entrega.",
            removed="Se retira un objetivo: ventas acepta el {old} de lo que se le entrega.",
        ),
        "targets.first_attempt_in_time": Said(
            "En el {value} de las entregas el primer intento se hace a tiempo.",
            "El primer intento debe hacerse a tiempo ahora en el {value} de las entregas en vez "
            "de en "
            "el {old}.",
            added="Hay un objetivo nuevo: en el {value} de las entregas el primer intento se "
            "hace a "
            "tiempo.",
            removed="Se retira un objetivo: en el {old} de las entregas el primer intento se "
            "hace a "
            "tiempo.",
        ),
        "targets.won": Said(
            "Ventas gana el {value} de lo que se le entrega.",
            "Ventas debe ganar ahora el {value} de lo que se le entrega en vez del {old}.",
            added="Hay un objetivo nuevo: ventas gana el {value} de lo que se le entrega.",
            removed="Se retira un objetivo: ventas gana el {old} de lo que se le entrega.",
        ),
        "targets.sales_ready_per_month": Said(
            "Marketing trae {value} al mes listos para ventas.",
            "Marketing debe traer ahora {value} al mes listos para ventas en vez de {old}.",
            added="Hay un objetivo nuevo: marketing trae {value} al mes listos para ventas.",
            removed="Se retira un objetivo: marketing trae {old} al mes listos para ventas.",
        ),
        "reviewed_every": Said(
            "Los dos equipos revisan este acuerdo cada {value}.",
            "Los dos equipos revisan ahora este acuerdo cada {value} en vez de cada {old}.",
        ),
        "lists": Said(
            "{it} contiene {value}.",
            "",
            absent="{it} se lleva fuera de este acuerdo: lo que contiene es trabajo del día a día, "
            "y cada decisión dice qué versión de ella se consultó.",
            added="{it} contiene ahora también {value}.",
            removed="{it} ya no contiene {old}.",
        ),
    },
    effects={
        "suppress": (
            "este lead no se vuelve a entregar con esta política, y se propone una regla que "
            "deje fuera a los que son como él"
        ),
        "ask_right_person": "se pregunta por la persona adecuada en la empresa",
        "fix": "se corrigen los datos, y no es culpa de nadie",
        "join": "se une al trabajo que ya está en marcha",
        "owner": "va al responsable de la cuenta, como información",
        "recycle": "el lead vuelve a marketing",
        "exclude": "este lead no se vuelve a entregar",
        "opt_out": "nadie vuelve a contactar con el lead, por ningún canal, desde ese momento",
        "text": "hay que decir el motivo con palabras",
    },
    calendars={"always": "de día y de noche", "team": "en el horario del equipo"},
    phrases={
        "version": "Versión {number} de la política {policy}.",
        "unnumbered": "La política {policy}, tal como está en el archivo.",
        "compared": "La política {policy}: {new} comparada con {old}.",
        "numbered": "la versión {number}",
        "file": "la del archivo",
        "fingerprint": "Huella de lo que dice este texto: {digest}",
        "changes": "Qué cambia: {title}",
        "same": "No cambia nada.",
        "agreement": "el acuerdo",
        "named": "{title} ({name})",
        "calendar": "en el horario de {name}",
        "ladder.remind": "se le recuerda al responsable al {share} del tiempo",
        "ladder.manager": "se avisa a su jefe al {share}",
        "ladder.reassign": "pasa a otra persona al {share}",
        "ladder.last_resort": "se avisa al último recurso nombrado al {share}",
        "now": "Ahora: {now} Hasta ahora: {before}",
        "added": "Nuevo:",
        "removed": "Se retira:",
        "first": "Se pregunta la primera.",
        "after": "Se pregunta después de {other}.",
        "list.outside": "{it} se lleva ahora fuera del acuerdo; hasta ahora contenía {values}.",
        "list.inside": "{it} ya no se lleva fuera del acuerdo; contiene {values}.",
        "rewritten": "{it} está escrito de otra manera y significa lo mismo.",
        "order": "Están en otro orden, lo que no cambia ninguna decisión: {new}.",
        "order.gates": "Ahora se preguntan en otro orden, y decide la primera que se pasa: {new}. "
        "Hasta ahora: {old}.",
    },
    conditions=CONDITIONS,
    notes=NOTES,
    operators=OPERATORS,
    facts=FACTS,
    truths=TRUTHS,
    changes=CHANGES,
)
