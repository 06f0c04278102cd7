"""Following work the server does in the background: a bar on a terminal, silence in a pipe."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from services.cli.output import note

LOOK_S = 0.5

Look = Callable[[], dict[str, Any]]
Measure = Callable[[dict[str, Any]], tuple[int, int | None]]


@contextmanager
def counted() -> Iterator[Callable[[int, int | None], None]]:
    """Yield a function that tells, on a terminal, how much is done, and of how much."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    errors = Console(stderr=True)
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def follow(look: Look, is_running: Callable[[dict[str, Any]], bool], measure: Measure) -> Any:
    """Look again and again until the work has ended; return what was seen last.

    ``measure`` gives how much is done, and of how much (None while nobody knows). Ctrl-C
    ends the looking; the work goes on.
    """
    seen = look()
    try:
        with counted() as tell:
            while is_running(seen):
                tell(*measure(seen))
                time.sleep(LOOK_S)
                seen = look()
    except KeyboardInterrupt:
        note("it goes on without being watched")
    return seen
