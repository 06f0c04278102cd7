"""One lead's way through an installation, a step at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.support.api import Api
from tests.support.doors import App, Deed
from tests.support.waiting import eventually

WITHIN_S = 20.0


class Lead:
    """Somebody new, told of by an own program at the product's door."""

    def __init__(self, api: Api, token: str):
        self.name = f"eva-{uuid4().hex[:8]}"
        self.email = f"{self.name}@{self.name}.com"
        self._api = api
        self._door = App(token)
        self._deeds = 0

    async def does(self, name: str | None, trace: str | None = None, **more: Any) -> None:
        """Tell that the lead did something just now; return once it is stored.

        ``trace`` is the trace context of the program that tells it.
        """
        self._deeds += 1
        at = datetime.now(UTC) - timedelta(seconds=1)
        deed = Deed(f"{self.name}-{self._deeds}", at, name, email=self.email, **more)
        call = self._door.call([deed])
        headers = call.signed_headers() | ({"traceparent": trace} if trace else {})
        answer = await self._api.send("POST", call.path, call.body, headers)
        assert answer.status_code == 200, answer.text

    async def handoff(self) -> dict[str, Any]:
        """Return the lead's hand-off, waiting for it."""

        async def ask() -> Any:
            leads = (await self._api.get("/v1/leads", identifier=f"email:{self.email}"))["items"]
            if not leads:
                return None
            found = await self._api.get("/v1/handoffs", lead=leads[0]["lead_id"])
            return next(iter(found["items"]), None)

        found: dict[str, Any] = await eventually(ask, WITHIN_S, f"a hand-off of {self.name}")
        return found
