"""``make fuzz``: feed every vendor's adapter bent bytes, guided by what they make it do.

For each vendor libFuzzer runs for ``--seconds``, from the vendor's own case and, where
``RELEVO_VENDOR_SAMPLES`` is set, from its recorded requests. What made an adapter do something
new stays in ``--corpus``, so that a later run begins where this one ended; the slowest of it is
then timed without the fuzzer's instruments. The first input an adapter cannot take ends its
vendor's run: its traceback is printed, and the input stands in ``.results/fuzz``.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import orjson

from tests.contract.vendors.case import CASES
from tests.contract.vendors.timing import MOST_S, took_s

FINDS = Path(__file__).parents[2] / ".results" / "fuzz"
FAIRNESS_S = 240  # what starting may take beside, on a busy machine


def main() -> int:
    """Fuzz the vendors one after another and print a line for each; 1 when one failed."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("vendors", nargs="*", metavar="VENDOR", help="all when none is named")
    parser.add_argument("--seconds", type=int, default=60, help="for each vendor")
    parser.add_argument("--corpus", type=Path, help="where inputs are kept; else nowhere")
    wanted = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory() as scratch:
        corpus = wanted.corpus or Path(scratch)
        vendors = wanted.vendors or list(CASES)
        for vendor in vendors:
            inputs = fuzz([vendor], corpus, FINDS, seconds=wanted.seconds).get(vendor)
            slowest_s = max(took_s(CASES[vendor], body, MOST_S) for body in kept(corpus, vendor))
            is_well = inputs is not None and slowest_s <= MOST_S
            failed += [] if is_well else [vendor]
            print(
                f"{vendor:18} {'well  ' if is_well else 'FAILED'} {inputs or 0:9,} inputs, "
                f"{len(kept(corpus, vendor)):6,} kept, the slowest {slowest_s * 1000:5.1f} ms",
                flush=True,
            )
    print(f"failed: {', '.join(failed)}" if failed else "no adapter failed")
    return 1 if failed else 0


def fuzz(
    vendors: Sequence[str],
    corpus: Path,
    finds: Path,
    *,
    seconds: int | None = None,
    inputs: int | None = None,
) -> dict[str, int]:
    """Fuzz each vendor for so long or with so many inputs; return how many the good ones took."""
    finds.mkdir(parents=True, exist_ok=True)
    asked = {"seconds": seconds, "inputs": inputs, "finds": str(finds), "corpus": str(corpus)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.adapter", orjson.dumps(asked).decode(), *vendors],
        timeout=FAIRNESS_S + (seconds or 0) * len(vendors),
        capture_output=True,
        check=False,
    )
    told, _, last = done.stdout.rpartition(b"\n")
    took: dict[str, int] = orjson.loads(last or b"{}")
    if set(took) != set(vendors):
        # Of libFuzzer the end says what it found; the traceback is Python's.
        sys.stderr.write((told + b"\n" + done.stderr[-4000:]).decode(errors="replace"))
    return took


def kept(corpus: Path, vendor: str) -> list[bytes]:
    """Return the bodies that are kept for a vendor."""
    return [path.read_bytes()[1:] for path in (corpus / vendor).iterdir()]


if __name__ == "__main__":
    sys.exit(main())
