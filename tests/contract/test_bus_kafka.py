"""What is particular about the bus on Kafka: its URL, its topics, strangers, stalls."""

import asyncio
import ssl
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.bus import open_bus
from shared.bus.kafka import KafkaBus
from shared.bus.kafka_settings import KafkaServers, KafkaTimes, read_url
from shared.bus.port import (
    BusUnavailable,
    Message,
    MessageTooLarge,
    NotPublished,
    Poll,
    TopicPartition,
)
from tests.contract.bus_reader import from_the_start, reading
from tests.contract.bus_worlds import QUICK
from tests.support.processes import free_port

# --- the URL ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "servers"),
    [
        pytest.param("kafka://one:9092", KafkaServers("one:9092"), id="one server"),
        pytest.param(
            "kafka://one:9092,two:9093", KafkaServers("one:9092,two:9093"), id="two servers"
        ),
        pytest.param(
            "kafka://relevo:p%40ss@one:9092",
            KafkaServers("one:9092", "SASL_SSL", "SCRAM-SHA-512", user="relevo", password="p@ss"),
            id="a user goes encrypted",
        ),
        pytest.param(
            "kafka://relevo:secret@one:9092?security=sasl_plaintext&mechanism=plain",
            KafkaServers("one:9092", "SASL_PLAINTEXT", "PLAIN", user="relevo", password="secret"),
            id="unless told otherwise",
        ),
        pytest.param(
            "kafka://one:9092?security=SSL&ca=/etc/ca.pem",
            KafkaServers("one:9092", "SSL", ca_file="/etc/ca.pem"),
            id="an authority of one's own",
        ),
    ],
)
def test_a_url_says_how_kafka_is_reached(url, servers):
    assert read_url(url) == servers


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("kafka://", "host:port"),
        ("kafka://one", "host:port"),
        ("kafka://one:9092,two", "host:port"),
        ("kafka://one:9092?securty=SSL", "unknown options in the Kafka URL: securty"),
        ("kafka://one:9092?security=TLS", "security is one of"),
        ("kafka://u:secret@one:9092?mechanism=MD5", "mechanism is one of"),
        ("kafka://u:secret@one:9092?security=SSL", "do not go together"),
        ("kafka://one:9092?security=SASL_SSL", "do not go together"),
    ],
)
def test_a_wrong_url_is_refused_with_the_reason_and_without_the_password(url, reason):
    with pytest.raises(ValueError, match=reason) as refused:
        read_url(url)

    assert "secret" not in str(refused.value)


def test_encrypted_connections_check_the_brokers_name():
    arguments = read_url("kafka://relevo:secret@one:9092").arguments()

    context = arguments["ssl_context"]
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_the_password_is_not_in_what_is_printed():
    assert "secret" not in repr(read_url("kafka://relevo:secret@one:9092"))


# --- without Kafka ---------------------------------------------------------------------------


async def test_a_bus_starts_without_kafka_and_says_what_it_cannot_do():
    bus = open_bus(f"kafka://127.0.0.1:{free_port()}")
    member = bus.member("handoff", ["touches"])
    await bus.start()
    await member.start()

    results = await bus.publish([Message("touches", "ana", b"-")] * 3)
    with pytest.raises(BusUnavailable):
        await bus.ensure_topics({"touches": 1})
    with pytest.raises(BusUnavailable):
        await bus.ends("touches")
    with pytest.raises(BusUnavailable):
        await member.poll(1, 1)
    await member.commit({TopicPartition("touches", 0): 1})
    await member.stop()
    await bus.stop()

    assert [type(result) for result in results] == [NotPublished] * 3


# --- with Kafka ------------------------------------------------------------------------------


@pytest.fixture
async def bus(kafka):
    bus = KafkaBus(read_url(kafka.url), QUICK)
    yield bus
    await bus.stop()


@pytest.fixture
async def topic(bus):
    name = f"topic-{uuid4()}"
    await bus.ensure_topics({name: 3})
    return name


async def settings_of(kafka, topic: str) -> dict[str, str]:
    async with kafka.admin() as admin:
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    ((_, _, _, _, entries),) = answers[0].resources
    return {entry[0]: entry[1] for entry in entries}


async def test_topics_are_made_to_last_a_week_and_to_stamp_their_records(kafka, topic):
    settings = await settings_of(kafka, topic)

    assert settings["retention.ms"] == str(7 * 24 * 3600 * 1000)
    assert settings["message.timestamp.type"] == "LogAppendTime"
    assert settings["cleanup.policy"] == "delete"
    assert settings["min.insync.replicas"] == "1"


async def test_two_replicas_may_make_the_same_topics_at_the_same_time(kafka):
    topics = {f"topic-{uuid4()}": 2 for _ in range(5)}
    replicas = [KafkaBus(read_url(kafka.url), QUICK) for _ in range(2)]

    await asyncio.gather(*(replica.ensure_topics(topics) for replica in replicas))
    ends = [await replicas[1].ends(topic) for topic in topics]
    for replica in replicas:
        await replica.stop()

    assert ends == [{0: 0, 1: 0}] * 5


async def test_kafkas_own_producers_choose_the_same_partitions(kafka, bus, topic):
    keys = [f"email:{number}@acme.com" for number in range(50)]
    async with AIOKafkaProducer(bootstrap_servers=kafka.servers) as stranger:
        for key in keys:
            await stranger.send_and_wait(topic, b"theirs", key=key.encode())
    assert await bus.publish([Message(topic, key, b"ours") for key in keys]) == [None] * 50

    async with reading(bus.member(f"group-{uuid4()}", [topic]), from_the_start) as reader:
        await reader.until(lambda: len(reader.records) == 100)

    places = [
        {record.key: record.partition for record in reader.records if record.value == whose}
        for whose in (b"ours", b"theirs")
    ]
    assert places[0] == places[1]
    assert len(places[0]) == 50


async def test_what_strangers_leave_out_is_read_as_empty(kafka, bus, topic):
    async with AIOKafkaProducer(bootstrap_servers=kafka.servers) as stranger:
        await stranger.send_and_wait(topic, b"no key", headers=[("empty", None)], partition=0)
        await stranger.send_and_wait(topic, None, key=b"\xff", partition=0)

    async with reading(bus.member(f"group-{uuid4()}", [topic]), from_the_start) as reader:
        await reader.until(lambda: len(reader.records) == 2)

    read = [(record.key, record.value, record.headers) for record in reader.records]
    assert read == [("", b"no key", (("empty", b""),)), ("�", b"", ())]


async def test_aborted_transactions_are_not_read_and_their_marks_are_no_stall(kafka, bus, topic):
    async with AIOKafkaProducer(
        bootstrap_servers=kafka.servers, transactional_id=f"crm-{uuid4()}"
    ) as stranger:
        for value in (b"aborted", b"committed"):
            await stranger.begin_transaction()
            await stranger.send_and_wait(topic, value, partition=0)
            if value == b"aborted":
                await stranger.abort_transaction()
            else:
                await stranger.commit_transaction()
    impatient = KafkaTimes(request=5, session=5, heartbeat=1, lease=10, stall=0.5)
    member = KafkaBus(read_url(kafka.url), impatient).member(f"group-{uuid4()}", [topic])

    async with reading(member, from_the_start) as reader:
        await reader.until(lambda: len(reader.records) == 1)
        await reader.freeze()
        silent = await member.poll(1, 4 * impatient.stall)

    assert reader.values() == [b"committed"]
    assert silent == Poll()


async def test_a_topic_with_a_lower_limit_refuses_one_message_and_takes_the_next(kafka, bus):
    topic = f"topic-{uuid4()}"
    async with kafka.admin() as admin:
        small = NewTopic(topic, 1, 1, topic_configs={"max.message.bytes": "10000"})
        await admin.create_topics([small])

    results = [await bus.publish([Message(topic, "ana", bytes(n))]) for n in (10, 20_000, 10)]

    assert [type(result) for (result,) in results] == [type(None), MessageTooLarge, type(None)]
    assert await bus.ends(topic) == {0: 2}


async def test_a_consumer_that_stopped_fetching_is_replaced(bus, topic):
    member = bus.member(f"group-{uuid4()}", [topic])
    async with reading(member, from_the_start, patient=True) as reader:
        await reader.until(lambda: len(reader.owned) == 3)
        await bus.publish([Message(topic, "ana", b"before")])
        await reader.until(lambda: b"before" in reader.values())
        member._consumer.pause(*member._consumer.assignment())  # the state aiokafka falls into
        await bus.publish([Message(topic, "ana", b"after")])

        await reader.until(lambda: b"after" in reader.values())

    assert reader.unavailable == 1
    assert len(reader.lost) == 3
