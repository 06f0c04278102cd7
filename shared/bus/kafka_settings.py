"""How Kafka is reached: from a URL to the arguments of aiokafka's clients."""

import ssl
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

SECURITY = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True, slots=True)
class KafkaTimes:
    """Time limits, in seconds."""

    request: float = 10  # one answer of a broker
    publish: float = 20  # one call of publish, a change of leader included
    session: float = 15  # without heartbeats a member counts as dead
    heartbeat: float = 3
    lease: float = 120  # without poll a member counts as frozen
    stall: float = 60  # with records waiting and none coming a consumer counts as stuck


@dataclass(frozen=True, slots=True)
class KafkaServers:
    """The brokers to begin with, and how to speak to them."""

    servers: str
    security: str = "PLAINTEXT"
    mechanism: str = "SCRAM-SHA-512"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    def arguments(self) -> dict[str, object]:
        """Return what every client of aiokafka is made with."""
        encrypted = self.security.endswith("SSL")
        return {
            "bootstrap_servers": self.servers,
            "client_id": "relevo",
            "security_protocol": self.security,
            "ssl_context": ssl.create_default_context(cafile=self.ca_file) if encrypted else None,
            "sasl_mechanism": self.mechanism if self.user else "PLAIN",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }


def read_url(url: str) -> KafkaServers:
    """Read ``kafka://[user:password@]host:port[,host:port][?security=…&mechanism=…&ca=…]``.

    With a user the default is ``SASL_SSL`` and ``SCRAM-SHA-512``. ``ca`` is the file of the
    authority that signed the brokers' certificates, if the system does not know it. Raises
    ``ValueError``, without the password, for what cannot be right.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    login, _, servers = parts.netloc.rpartition("@")
    user, _, password = (unquote(part) for part in login.partition(":"))
    found = KafkaServers(
        servers=servers,
        security=options.pop("security", "SASL_SSL" if user else "PLAINTEXT").upper(),
        mechanism=options.pop("mechanism", "SCRAM-SHA-512").upper(),
        user=user or None,
        password=password or None,
        ca_file=options.pop("ca", None),
    )
    if options:
        raise ValueError(f"unknown options in the Kafka URL: {', '.join(sorted(options))}")
    if not all(server.rpartition(":")[2].isdigit() for server in servers.split(",")):
        raise ValueError(f"a Kafka URL names servers as host:port,host:port, not {servers!r}")
    if found.security not in SECURITY:
        raise ValueError(f"security is one of {', '.join(SECURITY)}, not {found.security!r}")
    if found.mechanism not in MECHANISMS:
        raise ValueError(f"mechanism is one of {', '.join(MECHANISMS)}, not {found.mechanism!r}")
    if found.security.startswith("SASL") != bool(found.user):
        raise ValueError(f"{found.security} and the user in the Kafka URL do not go together")
    return found
