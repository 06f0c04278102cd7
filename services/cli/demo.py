"""``relevo demo``: watch a made-up company's thirty days."""

import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from services.cli.command import AsJson, examples
from services.cli.output import print_json

EXAMPLES = examples(
    "relevo demo",
    "relevo demo --pace 60",
    "relevo demo --once --json > facts.json",
    "relevo demo --data ./demo-data",
)


def demo(
    data: Annotated[
        Path | None, typer.Option(help="Empty directory to keep the data in; else they go.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(help="Another seed tells another story.")] = 7,
    pace: Annotated[float, typer.Option(min=0, help="Seconds the thirty days take.")] = 20.0,
    once: Annotated[bool, typer.Option("--once", help="End instead of serving on.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start the product with sample leads and watch the hand-offs happen.

    A software company with 300 leads: thirty days of events, repeated, late and unreadable
    ones among them, are sent through the real HTTP doors. Then it goes on serving.
    """
    from services.demo.director import open_product, play
    from services.demo.telling import Teller

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the product is stopped too
    teller = Teller()
    with tempfile.TemporaryDirectory(prefix="relevo-demo-") as scratch:
        directory = data or Path(scratch) / "data"
        with open_product(directory, port) as product:
            teller.say(f"Relevo is ready at {product.url} after {product.ready_after_s:.1f} s")
            found = play(product, teller, seed, pace)
            teller.facts(found)
            if as_json:
                print_json(found)
            if once:
                return
            teller.what_next(product.url, str(directory / "admin-key"), found)
            product.wait()
