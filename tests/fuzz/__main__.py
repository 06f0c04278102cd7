"""``make fuzz``: feed every vendor's adapter bent bytes, guided by what they make it do.

For each vendor a process of its own runs libFuzzer for ``--seconds``, from the vendor's own
case and, where ``RELEVO_VENDOR_SAMPLES`` is set, from its recorded requests. Finds stay in
``--corpus``, so that a later run begins where this one ended. The first input an adapter
cannot take ends the run: it is written beside the corpus and its traceback printed.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.contract.vendors.case import CASES

FAIRNESS_S = 240  # what starting may take beside, on a busy machine


def main() -> int:
    """Fuzz the vendors one after another; return 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("vendors", nargs="*", metavar="VENDOR", help="all when none is named")
    parser.add_argument("--seconds", type=int, default=60, help="for each vendor")
    parser.add_argument("--corpus", type=Path, help="where inputs are kept; else nowhere")
    wanted = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory() as scratch:
        for vendor in wanted.vendors or CASES:
            corpus = (wanted.corpus or Path(scratch)) / vendor
            if not run(vendor, wanted.seconds, corpus):
                failed.append(vendor)
    print(f"failed: {', '.join(failed)}" if failed else "no adapter failed")
    return 1 if failed else 0


def run(vendor: str, seconds: int, corpus: Path) -> bool:
    """Fuzz one vendor, or all in one process (``all``); return whether nothing was found."""
    corpus.mkdir(parents=True, exist_ok=True)
    print(f"{vendor}: {seconds} s", flush=True)
    command = [sys.executable, "-m", "tests.fuzz.adapter", vendor, str(corpus)]
    limits = [f"-max_total_time={seconds}", "-max_len=65536", "-timeout=10", "-verbosity=0"]
    done = subprocess.run(
        [*command, *limits, f"-artifact_prefix={corpus}/"],
        timeout=seconds + FAIRNESS_S,
        check=False,
    )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
