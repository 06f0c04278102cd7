"""One process of the fuzzer: ``python -m tests.fuzz.adapter VENDOR CORPUS [libFuzzer's options]``.

The first byte of an input says how the request proves itself (with ``all`` the one before it
which vendor it is for), the others are its body. What must hold: an adapter raises nothing
but its own errors, believes nothing it should not, and is quick.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import thread_time

import atheris  # type: ignore[import-untyped]

WATCHED = ["services.ingest.vendors", "services.ingest.domain", "services.ingest.handlers"]

with atheris.instrument_imports(include=[*WATCHED, "shared.body"]):
    from services.ingest.vendors.port import BadCredentials
    from tests.contract.vendor_samples import DIRECTORY, recorded
    from tests.contract.vendors.case import CASES, NOON, Case, Unprovable
    from tests.contract.vendors.taking import takes
    from tests.fuzz.mutator import next_input

EVERY = list(CASES.values())
SLOWEST_S = 1.0  # instrumented and beside others; the measure proper is test_speed.py


def one_input(vendor: str, data: bytes) -> None:
    """Let the adapter take one input."""
    if vendor == "all":
        case, data = EVERY[data[0] % len(EVERY)] if data else EVERY[0], data[1:]
    else:
        case = CASES[vendor]
    choice, body = data[0] if data else 0, data[1:]
    began = thread_time()
    call = case.call("web", body)
    takes(case, call)
    proof = case.proofs[choice % len(case.proofs)]
    # Signed by somebody else: whatever the body is, it must be refused.
    with suppress(Unprovable):
        call = proof.prove(call, proof.other, NOON)
    try:
        case.adapter.verify(call.request, case.credentials(proof), case.options(proof), NOON)
    except BadCredentials:
        pass
    else:
        raise AssertionError(f"{case.vendor} believed {proof.id}")
    assert thread_time() - began < SLOWEST_S, f"{case.vendor} was slow"


def seeds(case: Case) -> Iterator[bytes]:
    """Yield bodies the vendor sends."""
    yield case.body
    if case.unknown is not None:
        yield case.unknown[0]
    if DIRECTORY in os.environ:
        yield from (sample.body for sample in recorded(*case.samples))


def main() -> None:
    """Write the seeds into the corpus and fuzz until libFuzzer has enough."""
    vendor, corpus, *options = sys.argv[1:]
    for number, case in enumerate(EVERY):
        if vendor not in ("all", case.vendor):
            continue
        for index, body in enumerate(seeds(case)):
            choice = bytes([number, 0]) if vendor == "all" else b"\0"
            (Path(corpus) / f"{case.vendor}-{index}").write_bytes(choice + body)
    head = 2 if vendor == "all" else 1

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        return next_input(data, head, seed, lambda one: atheris.Mutate(one, most))[:most]

    atheris.Setup(
        [sys.argv[0], *options, corpus],
        lambda data: one_input(vendor, data),
        custom_mutator=mutate,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
