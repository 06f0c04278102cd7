"""A process that publishes to an embedded bus and prints the number of each acknowledged message.

With a second argument its files cannot grow past that many bytes: a full disk.
"""

import asyncio
import resource
import signal
import sys
from itertools import count
from pathlib import Path

from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus


async def main(directory: Path) -> None:
    bus = SqliteBus(directory)
    await bus.start()
    await bus.ensure_topics({"touches": 4})
    for start in count(step=10):
        numbers = range(start, start + 10)
        messages = [Message("touches", str(number), b"%07d" % number * 100) for number in numbers]
        results = await bus.publish(messages)
        for number, error in zip(numbers, results, strict=True):
            print(number if error is None else f"error {error!r}")
        sys.stdout.flush()
        if any(results):
            again = await bus.publish(messages)
            print("refused" if all(again) else "accepted", flush=True)
            return


if __name__ == "__main__":
    if len(sys.argv) > 2:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    asyncio.run(main(Path(sys.argv[1])))
