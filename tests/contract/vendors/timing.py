"""How long an adapter takes for a body, as it would on an idle machine."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import thread_time

from services.ingest.domain.incoming import Unreadable
from services.ingest.vendors.port import BadCredentials, Receipt
from tests.contract.vendors.case import NOON, Case, Unprovable

KIB = 1024
SIZE = 256 * KIB
MOST_S = 0.050
"""What an adapter may take for ``SIZE`` bytes."""
RUNS = 5
YARDSTICK_S = 0.0055  # what `yardstick_s` takes on the machine MOST_S is meant for


def yardstick_s() -> float:
    """Return how long a fixed piece of work takes now: dictionaries and lists, as adapters make."""
    began = thread_time()
    kept: dict[str, object] = {}
    for number in range(20_000):
        kept[str(number % 500)] = {"a": number, "b": [number]}
    return thread_time() - began


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the garbage collector out: it would walk through all that pytest keeps."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def took_s(case: Case, body: bytes, limit_s: float) -> float:
    """Return how long the adapter reads and judges ``body``, with its slowest options."""
    slowest = 0.0
    call = case.call("web", body)
    receipt = Receipt(call.headers, call.url, body)
    for proof in {repr(proof.options): proof for proof in case.proofs}.values():
        genuine = call
        with suppress(Unprovable):
            genuine = proof.prove(call, proof.credential, NOON)
        options, credentials = case.options(proof), case.credentials(proof)
        best = float("inf")
        for _ in range(RUNS):
            with without_collector():
                began = thread_time()
                with suppress(Unreadable):
                    for _touch in case.adapter.touches(receipt, options):
                        pass
                with suppress(BadCredentials):
                    case.adapter.verify(genuine.request, credentials, options, NOON)
                took = thread_time() - began
            if took > limit_s / 2:
                took /= max(1, yardstick_s() / YARDSTICK_S)
            best = min(best, took)
            if best < limit_s / 2:
                break
        slowest = max(slowest, best)
    return slowest
