"""What FastAPI makes of a parameter's type, kept for the next start in the same process.

A test that starts a service anew makes the same seven hundred adapters as the one before it,
which took half of its start. They say how a type is read and know nothing of an app.
"""

from typing import Any, get_args

from fastapi._compat import v2
from pydantic import TypeAdapter


def keep_adapters() -> None:
    """Let FastAPI get an adapter it has asked for before, instead of a new one."""
    # The annotation is kept too: what its text names by address must not be replaced.
    kept: dict[Any, tuple[Any, TypeAdapter[Any]]] = {}

    def kept_or_new(annotation: Any, **options: Any) -> TypeAdapter[Any]:
        of, *rest = get_args(annotation)
        asked = of, repr((rest, options))
        try:
            known = asked in kept
        except TypeError:  # a type that can be no key
            return TypeAdapter(annotation, **options)
        if not known:
            kept[asked] = annotation, TypeAdapter(annotation, **options)
        return kept[asked][1]

    v2.TypeAdapter = kept_or_new  # type: ignore[attr-defined, assignment]
