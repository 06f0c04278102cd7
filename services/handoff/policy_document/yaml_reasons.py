"""Why a text is no YAML, as the parser says it, in Spanish; others stay as they are said."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "while parsing a block mapping": "en un grupo de claves",
    "while parsing a block collection": "en una lista de líneas con `-`",
    "while parsing a flow mapping": "dentro de `{ }`",
    "while parsing a flow sequence": "dentro de `[ ]`",
    "while parsing a flow node": "dentro de `{ }` o `[ ]`",
    "while parsing a block node": "en un valor",
    "while scanning a simple key": "en una clave",
    "while scanning a quoted scalar": "en un texto entre comillas",
    "while scanning a plain scalar": "en un texto sin comillas",
    "while scanning for the next token": "al seguir leyendo",
    "while scanning a block scalar": "en un texto de varias líneas",
    "did not find expected key": "aquí se esperaba una clave: mira la sangría",
    "did not find expected '-' indicator": "aquí se esperaba un `-`",
    "did not find expected ',' or '}'": "falta una coma o un `}`",
    "did not find expected ',' or ']'": "falta una coma o un `]`",
    "did not find expected node content": "aquí se esperaba un valor",
    "did not find expected <document start>": "aquí tendría que haber acabado el archivo",
    "could not find expected ':'": "faltan los dos puntos tras la clave",
    "mapping values are not allowed in this context": (
        "aquí no puede haber otra clave: pon entre comillas un texto con dos puntos"
    ),
    "block sequence entries are not allowed in this context": "aquí no puede empezar una lista",
    "found character that cannot start any token": "hay un carácter que aquí no puede estar",
    "found unexpected end of stream": "el archivo se acaba antes de cerrarlo",
    "found unknown escape character": "hay un `\\` que no significa nada",
}
