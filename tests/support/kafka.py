"""A real Apache Kafka for the tests: KRaft brokers on free loopback ports.

``RELEVO_TEST_KAFKA`` gives running brokers instead: ``host:port[,host:port]``.
"""

import asyncio
import os
import shutil
import tempfile
import uuid
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.support import kafka_jars
from tests.support.processes import Child, free_port

GIVEN_SERVERS = "RELEVO_TEST_KAFKA"
READY_WITHIN_S = 60
LOOK_AGAIN_S = 0.05

# Small, and quick to start rather than quick for long: a broker lives for one test run.
JVM = ("-Xms64m", "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:cds=off")
# Only warnings and, from one class, the version that runs.
LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.utils.AppInfoParser=info",
)


class Broker:
    """One broker, which is a controller of its cluster too. Its data outlive a kill."""

    def __init__(self, node_id: int, folder: Path):
        self.node_id = node_id
        self.address = f"127.0.0.1:{free_port()}"
        self.controller_address = f"127.0.0.1:{free_port()}"
        self._folder = folder
        self._child: Child | None = None

    @property
    def process(self) -> Child:
        """The process of the latest ``start``: ``kill``, ``freeze`` and ``thaw`` it."""
        assert self._child is not None, "the broker has not been started"
        return self._child

    def format(self, cluster_id: str, cluster: "Sequence[Broker]") -> None:
        """Write the settings, and the file that marks an empty data folder as formatted."""
        data = self._folder / "data"
        data.mkdir(parents=True)
        identity = {"version": 1, "cluster.id": cluster_id, "node.id": self.node_id}
        _write_properties(data / "meta.properties", identity)
        _write_properties(self._settings, _settings(self, cluster) | {"log.dirs": data})

    def start(
        self, jvm_option: str = f"-XX:SharedArchiveFile={kafka_jars.class_archive()}"
    ) -> None:
        """Start the process, the first time or again; ``Kafka.until_ready`` waits for it."""
        command = [str(kafka_jars.java()), *JVM, jvm_option, *LOGGING]
        command += ["-cp", kafka_jars.class_path(), "kafka.Kafka", str(self._settings)]
        self._child = Child(command, self._folder / "log")

    @property
    def _settings(self) -> Path:
        return self._folder / "server.properties"


class Kafka:
    """A running cluster. ``brokers`` is empty when the environment gave it."""

    def __init__(self, servers: str, brokers: Sequence[Broker] = ()):
        self.servers = servers
        self.url = f"kafka://{servers}"
        self.brokers = brokers

    async def until_ready(self) -> None:
        """Return when all brokers have joined the cluster, as a client sees it."""
        async with asyncio.timeout(READY_WITHIN_S):
            while not await self._all_joined():
                for broker in self.brokers:
                    broker.process.check()
                await asyncio.sleep(LOOK_AGAIN_S)

    async def leader(self, topic: str, partition: int) -> Broker:
        """Return the broker that leads a partition: the one whose death hurts."""
        async with self.admin() as admin:
            (description,) = await admin.describe_topics([topic])
        leaders = {part["partition"]: part["leader"] for part in description["partitions"]}
        return next(broker for broker in self.brokers if broker.node_id == leaders[partition])

    async def clear(self) -> None:
        """Delete all topics but Kafka's own, and return when they are gone."""
        async with asyncio.timeout(READY_WITHIN_S), self.admin() as admin:
            while topics := [name for name in await admin.list_topics() if name[:2] != "__"]:
                await admin.delete_topics(topics)

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        """Yield a connected admin client; raises ``KafkaError`` when no broker answers."""
        client = AIOKafkaAdminClient(bootstrap_servers=self.servers, request_timeout_ms=5_000)
        try:
            await client.start()
            yield client
        finally:
            await client.close()

    async def _all_joined(self) -> bool:
        try:
            for server in self.servers.split(","):  # aiokafka would log each refusal
                await _connect(server)
            async with self.admin() as admin:
                joined = (await admin.describe_cluster())["brokers"]
        except (KafkaError, OSError):
            return False
        return len(joined) >= max(1, len(self.brokers))


@asynccontextmanager
async def running_kafka(brokers: int = 1) -> AsyncIterator[Kafka]:
    """Yield a private cluster with empty logs; it ends, and its data go, with the block."""
    root = Path(tempfile.mkdtemp(prefix="relevo-kafka-"))
    nodes = [Broker(number, root / str(number)) for number in range(1, brokers + 1)]
    cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    started = []
    try:
        for node in nodes:
            node.format(cluster_id, nodes)
            node.start()
            started.append(node)
        kafka = Kafka(",".join(node.address for node in nodes), nodes)
        await kafka.until_ready()
        yield kafka
    finally:
        for node in started:
            node.process.kill()
        shutil.rmtree(root)


@asynccontextmanager
async def given_or_running_kafka() -> AsyncIterator[Kafka]:
    """Yield the brokers the environment gives, else a private one."""
    if servers := os.environ.get(GIVEN_SERVERS):
        kafka = Kafka(servers)
        await kafka.until_ready()
        yield kafka
    else:
        async with running_kafka() as kafka:
            yield kafka


def lacking() -> str | None:
    """Return why no broker can be had on this machine, with the remedy; None when one can."""
    if os.environ.get(GIVEN_SERVERS):
        return None
    if not kafka_jars.java():
        return f"no Java {kafka_jars.OLDEST_JAVA}; install a Java runtime and Maven"
    if not kafka_jars.class_path():
        return "Kafka's jars are not in the cache; install Maven and run make test-parts"
    return None


async def archive_classes() -> None:
    """Let a broker live once, so that it leaves the archive of its classes in the cache."""
    archive = kafka_jars.class_archive()
    if archive.exists():
        return
    root = Path(tempfile.mkdtemp(prefix="relevo-kafka-"))
    broker = Broker(1, root / "1")
    broker.format("relevo-classes-archive", [broker])
    try:
        broker.start(f"-XX:ArchiveClassesAtExit={archive}")
        await Kafka(broker.address, [broker]).until_ready()
        broker.process.terminate()
    finally:
        broker.process.kill()
        shutil.rmtree(root)


async def _connect(server: str) -> None:
    host, _, port = server.rpartition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.close()
    await writer.wait_closed()


def _settings(broker: Broker, cluster: Sequence[Broker]) -> dict[str, object]:
    """Return a broker's settings: Kafka's defaults, except what would make tests wait."""
    voters = ",".join(f"{node.node_id}@{node.controller_address}" for node in cluster)
    copies = len(cluster)
    durable = min(2, copies)
    return {
        "node.id": broker.node_id,
        "process.roles": "broker,controller",
        "controller.quorum.voters": voters,
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{broker.address},CONTROLLER://{broker.controller_address}",
        "advertised.listeners": f"PLAINTEXT://{broker.address}",
        "auto.create.topics.enable": "false",
        "default.replication.factor": copies,
        "min.insync.replicas": durable,
        "offsets.topic.replication.factor": copies,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": durable,
        # Groups form, dead members and brokers are noticed, old records go: within seconds.
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 500,
        "broker.heartbeat.interval.ms": 500,
        "broker.session.timeout.ms": 3_000,
        "replica.lag.time.max.ms": 3_000,
        "log.initial.task.delay.ms": 500,
        "log.retention.check.interval.ms": 500,
    }


def _write_properties(path: Path, properties: Mapping[str, object]) -> None:
    path.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))
