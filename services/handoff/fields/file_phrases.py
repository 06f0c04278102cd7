"""What is said of a file of people, teams, territories or calendars, in both languages.

Written in English where the fault is found, as in ``policy_document.phrases``; the command
line reads that, a page what stands beside it here.
"""

from services.handoff.policy_document.phrases import Message, spanish

SPANISH = {
    "{name} cannot be read": "{name} no se puede leer",
    "{name} cannot be used": "{name} no se puede usar",
    "the files cannot be used": "los archivos no se pueden usar",
    "{name} is not UTF-8 text": "{name} no es texto en UTF-8: guárdalo como CSV UTF-8",
    "the file holds {sections}": "el archivo contiene {sections}",
    "must be a mapping; {holds}": "aquí van entradas con nombre; {holds}",
    "must be a mapping like `name: Ana`": "aquí van campos, como `name: Ana`",
    "`{key}` is there twice": "`{key}` está dos veces",
    "{key} is at {first} too": "{key} está también en {first}",
    "no field is called {heading!r}; {hint}": "ningún campo se llama {heading!r}; {hint}",
    "did you mean {near}?": "¿querías decir {near}?",
    "there are {fields}": "los hay {fields}",
    "a column `email` must say whom each line is about": (
        "falta una columna `email` que diga de quién es cada línea"
    ),
    "more cells than headings": "hay más celdas que encabezados",
    "no e-mail address": "falta el correo",
    "yes or no, not {cell!r}": "sí o no, y pone {cell!r}",
    "this is no CSV: {reason}": "esto no es CSV: {reason}",
    "unexpected end of data": "unas comillas se abren y no se cierran",
    "line contains NUL": "hay un carácter que ningún texto tiene",
}


def told(english: str, **values: object) -> Message:
    """Return a sentence with ``values`` put in; those that are messages speak each language."""
    es = {name: spanish(one) if isinstance(one, str) else one for name, one in values.items()}
    return Message(english.format(**values), SPANISH[english].format(**es))


def reason(english: str) -> Message:
    """Return what a library says of a file."""
    return Message(english, SPANISH.get(english, english))


def at(where: str, message: str) -> Message:
    """Return a sentence with the place it is about before it."""
    return Message(f"{where}: {message}", f"{where}: {spanish(message)}")
