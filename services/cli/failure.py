"""How a command fails: with a sentence, the places at fault and what to do."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class Failure(Exception):
    """A command could not do its work.

    ``places`` name what is at fault, one line each; ``remedy`` says what to do next.
    ``document`` is what ``--json`` prints instead, for example the server's problem+json.
    """

    def __init__(
        self,
        what: str,
        places: Sequence[str] = (),
        remedy: str = "",
        document: dict[str, Any] | None = None,
    ):
        super().__init__(what)
        self.what = what
        self.places = tuple(places)
        self.remedy = remedy
        self.document = document or {"message": what, "errors": list(places)}

    def tell(self, as_json: bool = False) -> None:
        """Write the failure to standard error."""
        if as_json:
            print(json.dumps(self.document, ensure_ascii=False), file=sys.stderr)
            return
        print(f"relevo: {self.what}", file=sys.stderr)
        for place in self.places:
            print(f"  {place}", file=sys.stderr)
        if self.remedy:
            print(f"  {self.remedy}", file=sys.stderr)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what a process meets at its start into a ``Failure`` with the remedy.

    Anything else is a fault of ours and keeps its traceback.
    """
    try:
        yield
    except Exception as error:
        failure = _explain(error)
        if failure is None:
            raise
        raise failure from None


def _explain(error: Exception) -> Failure | None:
    # Imported here: which of them are loaded already depends on what was started.
    from sqlalchemy.exc import DBAPIError

    from services.handoff.handlers.policies import UnusablePolicy
    from shared.bus.port import BusInUse, BusNotDurable, BusUnavailable
    from shared.db_errors import NotDurable, describe
    from shared.server import AddressInUse

    match error:
        case AddressInUse():
            remedy = "choose another with --port or RELEVO_PORT; 0 takes a free one"
            return Failure(str(error), remedy=remedy)
        case BusInUse():
            remedy = (
                "an embedded product is one process: stop the other one, or give another directory"
            )
            return Failure(str(error), remedy=remedy)
        case NotDurable() | BusNotDurable():
            remedy = "what was acknowledged must survive a power cut: switch it on again"
            return Failure(str(error), remedy=remedy)
        case UnusablePolicy():
            what, *places = str(error).splitlines()
            return Failure(what, places, "look at RELEVO_POLICY_FILE")
        case BusUnavailable():
            return Failure(str(error), remedy="look at RELEVO_BUS_URL")
        case DBAPIError():
            remedy = "look at RELEVO_DATABASE_URL and at the server's log"
            return Failure(f"the database refuses: {describe(error)}", remedy=remedy)
        case OSError():
            return Failure(f"{type(error).__name__}: {error}", remedy="try: relevo doctor")
    return None
