"""Why something cannot be read, and what to do about it, by the code of the fault."""

from collections.abc import Mapping

from shared.console.words import Titles

_FAULTS: dict[str, Titles] = {
    "no_identity": Titles(
        "No nombra a nadie: ni correo ni id de una persona",
        "It names nobody: no e-mail address and no id of a person",
    ),
    "invalid_email": Titles(
        "La dirección de correo no es válida y no hay otro id",
        "The e-mail address is not valid and there is no other id",
    ),
    "invalid_json": Titles("El cuerpo no es JSON admisible", "The body is not acceptable JSON"),
    "invalid_form": Titles(
        "El cuerpo no es un formulario admisible",
        "The body is not an acceptable form",
    ),
    "not_an_object": Titles(
        "Un evento tiene que ser un objeto JSON",
        "An event must be a JSON object",
    ),
    "not_a_list": Titles("Un lote tiene que ser una lista JSON", "A batch must be a JSON list"),
    "no_event": Titles("No dice qué pasó", "It does not say what happened"),
    "no_event_name": Titles("No dice cómo se llama el evento", "It does not say the event's name"),
    "no_events": Titles("Falta la lista de eventos", "The list of events is missing"),
    "no_type": Titles("No dice de qué tipo es", "It does not say its type"),
    "no_time": Titles("No dice cuándo pasó", "It does not say when it happened"),
    "invalid_time": Titles("La fecha no se entiende", "The date cannot be understood"),
    "future_time": Titles("La fecha está en el futuro", "The date lies in the future"),
    "ambiguous_date": Titles(
        "La fecha puede ser día/mes o mes/día",
        "The date can be day/month or month/day",
    ),
    "invalid_event": Titles(
        "El evento no tiene la forma acordada",
        "The event does not have the agreed shape",
    ),
    "missing_attribute": Titles("Falta un dato obligatorio", "A required attribute is missing"),
    "bad_attribute": Titles("Un dato no es texto legible", "An attribute is not readable text"),
    "bad_data": Titles("Los datos no son JSON", "The data are no JSON"),
    "bad_specversion": Titles("La versión no es la 1.0", "The version is not 1.0"),
    "two_data": Titles("Trae los datos dos veces", "It brings its data twice"),
    "unsupported_format": Titles("Ese formato no se lee aquí", "That format is not read here"),
    "too_many_events": Titles("Son demasiados eventos en uno", "There are too many events in one"),
    "too_many_cells": Titles("La fila tiene celdas de más", "The row has too many cells"),
    "too_large": Titles("El evento es demasiado grande", "The event is too large"),
    "token_reused": Titles(
        "Llegó otro evento con la misma firma",
        "Another event came with the same signature",
    ),
    "adapter_failed": Titles(
        "Relevo no supo leerlo: su forma es nueva",
        "Relevo could not read it: its shape is new",
    ),
    "broken_encoding": Titles("El cuerpo comprimido está roto", "The packed body is broken"),
    "unsupported_encoding": Titles(
        "El cuerpo está comprimido de una forma que no se lee",
        "The body is packed in a way that is not read",
    ),
    "body_too_large": Titles(
        "Descomprimido, el cuerpo es demasiado grande",
        "Unpacked, the body is too large",
    ),
    "no_such_column": Titles("Falta una columna", "A column is missing"),
    "variant": Titles(
        "Su id ya había llegado con otro contenido; vale el primero",
        "Its id came before with another content; that one counts",
    ),
    "tells_nothing": Titles("No dice nada de nadie", "It tells nothing of anybody"),
}

# What to do, for those where something particular helps; of the others ``remedy_else`` is said.
_REMEDIES: dict[str, Titles] = {
    "no_identity": Titles(
        "Si la persona está en otro campo, dilo en los ajustes de la fuente y vuelve a leer todo el "
        "grupo. Si falta de verdad, repara cada uno o descártalo.",
        "If the person is in another field, say so in the source's settings and read the whole group "
        "again. If it is really missing, repair each or discard it.",
    ),
    "invalid_email": Titles(
        "Corrige la dirección y vuelve a leerlo; suele ser una errata del formulario.",
        "Correct the address and read it again; mostly it is a typing error in the form.",
    ),
    "invalid_json": Titles(
        "Mira si el webhook es del tipo adecuado. Un cuerpo cortado o con una coma de más se repara "
        "a mano.",
        "See whether the hook is of the right kind. A body that was cut, or has a comma too many, is "
        "repaired by hand.",
    ),
    "no_event": Titles(
        "Si el nombre está en otro campo, dilo en los ajustes de la fuente y vuelve a leer el grupo.",
        "If the name is in another field, say so in the source's settings and read the group again.",
    ),
    "no_events": Titles(
        "Di en los ajustes de la fuente dónde está la lista, y vuelve a leer el grupo.",
        "Say in the source's settings where the list is, and read the group again.",
    ),
    "adapter_failed": Titles(
        "La herramienta cambió su formato. Nada se pierde: actualiza Relevo y vuelve a leer el grupo.",
        "The tool changed its format. Nothing is lost: update Relevo and read the group again.",
    ),
    "token_reused": Titles(
        "Puede ser una falsificación. Si no esperas estos eventos, descártalos.",
        "It may be forged. If you do not expect these events, discard them.",
    ),
    "too_large": Titles(
        "Quita del cuerpo lo que no hace falta y vuelve a leerlo.",
        "Take out of the body what is not needed, and read it again.",
    ),
}

WORDS: Mapping[str, Titles] = {
    **{f"fault.{code}": both for code, both in _FAULTS.items()},
    **{f"remedy.{code}": both for code, both in _REMEDIES.items()},
    "remedy_else": Titles(
        "Repara el cuerpo y vuelve a leerlo, o descártalo si no lo quieres. Si la herramienta lo "
        "envía siempre así, mira sus pasos de conexión.",
        "Repair the body and read it again, or discard it if you do not want it. If the tool always "
        "sends it so, look at the steps to connect it.",
    ),
}
