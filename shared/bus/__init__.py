"""The bus between the services: one port, an embedded log and Kafka behind it."""

from shared.bus.port import Bus


def open_bus(url: str) -> Bus:
    """Return the bus ``url`` names; it still has to be started.

    ``sqlite:///DIR`` is the embedded one, ``kafka://host:port,host:port`` is Kafka (see
    ``kafka_settings.read_url``). Raises ``ValueError`` for anything else.
    """
    if url.startswith("sqlite:///"):
        from shared.bus.sqlite import SqliteBus
        from shared.db import sqlite_directory

        return SqliteBus(sqlite_directory(url))
    if url.startswith("kafka://"):
        from shared.bus.kafka import KafkaBus
        from shared.bus.kafka_settings import read_url

        return KafkaBus(read_url(url))
    raise ValueError(f"a bus URL starts with sqlite:/// or kafka://, not {url!r}")
