"""The fuzzer's process: ``python -m tests.fuzz.adapter ASKED VENDOR…``, ASKED as JSON.

The first byte of an input says how the request proves itself and what it says it holds; the
others are its body. What must hold: an adapter raises nothing but its own errors, believes
nothing it should not, and is quick. Each vendor gets a fork of its own, because libFuzzer ends
the process it runs in; the last line of the output tells how many inputs those took that found
nothing.
"""

import mmap
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import thread_time
from typing import Any

import atheris  # type: ignore[import-untyped] # published without types
import orjson

WATCHED = ["services.ingest.vendors", "services.ingest.domain", "services.ingest.handlers"]

with atheris.instrument_imports(include=[*WATCHED, "shared.body"]):
    from services.ingest.vendors.port import BadCredentials
    from tests.contract.vendor_samples import DIRECTORY, recorded
    from tests.contract.vendors.case import (
        CASES,
        FORM,
        FORM_DATA,
        JSON,
        NOON,
        Call,
        Case,
        Unprovable,
    )
    from tests.contract.vendors.taking import takes
    from tests.fuzz.mutator import next_input

SLOWEST_S = 1.0  # instrumented and beside others; the measure proper is took_s
# What a body says it is: mostly what its vendor says, sometimes what it is not.
KINDS = (None, None, None, JSON, FORM, FORM_DATA, "multipart/form-data", "")


def one_input(case: Case, data: bytes) -> None:
    """Let the adapter take one input."""
    choice, body = data[0] if data else 0, data[1:]
    kind, which = divmod(choice, len(case.proofs))
    proof = case.proofs[which]
    began = thread_time()
    call = saying(case.call("web", body), KINDS[kind % len(KINDS)])
    takes(case, call)
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


def saying(call: Call, kind: str | None) -> Call:
    """Return ``call`` with this content type; None: with its own."""
    return call if kind is None else call.having(content_type=kind)


def seeds(case: Case) -> Iterator[bytes]:
    """Yield bodies the vendor sends."""
    yield case.body
    if case.unknown is not None:
        yield case.unknown[0]
    if DIRECTORY in os.environ:
        yield from (sample.body for sample in recorded(*case.samples))


def fuzz(case: Case, asked: dict[str, Any], count: mmap.mmap) -> None:
    """Write the seeds into the corpus and fuzz until libFuzzer has enough; ends the process."""
    corpus = Path(asked["corpus"]) / case.vendor
    corpus.mkdir(parents=True, exist_ok=True)
    for number, body in enumerate(seeds(case)):
        (corpus / f"seed-{number}").write_bytes(b"\0" + body)
    taken = 0

    def take(data: bytes) -> None:
        nonlocal taken
        one_input(case, data)
        taken += 1
        count[:8] = taken.to_bytes(8)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        return next_input(data, 1, seed, lambda one: atheris.Mutate(one, most))[:most]

    limits = {"max_total_time": asked["seconds"], "runs": asked["inputs"]}
    options = [f"-{name}={value}" for name, value in limits.items() if value is not None]
    options += ["-max_len=65536", "-timeout=60", "-verbosity=0"]
    options.append(f"-artifact_prefix={asked['finds']}/{case.vendor}-")
    atheris.Setup([sys.argv[0], *options, str(corpus)], take, custom_mutator=mutate)
    atheris.Fuzz()


def main() -> None:
    """Fuzz the vendors, each in a fork."""
    asked = orjson.loads(sys.argv[1])
    took = {}
    for vendor in sys.argv[2:]:
        with mmap.mmap(-1, 8) as count:  # shared with the fork
            if (child := os.fork()) == 0:
                fuzz(CASES[vendor], asked, count)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            if os.waitstatus_to_exitcode(status) == 0:
                took[vendor] = int.from_bytes(count[:8])
    sys.stdout.write("\n" + orjson.dumps(took).decode())


if __name__ == "__main__":
    main()
