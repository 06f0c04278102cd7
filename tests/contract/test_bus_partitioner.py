"""The partition of a key is Kafka's choice, everywhere and for ever."""

import pytest
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.partitioner import murmur2 as aiokafka_murmur2
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.partitioner import murmur2, partition_of


@pytest.mark.parametrize(
    ("data", "hashed"),
    [
        pytest.param(b"21", -973932308, id="two bytes"),
        pytest.param(b"foobar", -790332482, id="a word and a half"),
        pytest.param(b"a-little-bit-long-string", -985981536, id="whole words"),
        pytest.param(b"a-little-bit-longer-string", -1486304829, id="a rest of two"),
        pytest.param(b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971, id="longer"),
        pytest.param(b"abc", 479470107, id="no whole word"),
    ],
)
def test_the_hash_is_the_one_of_kafkas_own_tests(data, hashed):
    """From org.apache.kafka.common.utils.UtilsTest.testMurmur2, which has it signed."""
    assert murmur2(data) == hashed % 2**32


@given(st.binary(max_size=300))
def test_the_hash_is_aiokafkas(data):
    assert murmur2(data) == aiokafka_murmur2(data)


@given(st.text(max_size=100), st.integers(1, 64))
def test_the_partition_is_aiokafkas(key, partitions):
    expected = DefaultPartitioner()(key.encode(), list(range(partitions)), [])

    assert partition_of(key, partitions) == expected
