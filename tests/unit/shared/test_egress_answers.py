"""What comes back, and what is made of receivers that misbehave."""

import asyncio
import gzip
import ssl
import subprocess
import zlib
from contextlib import asynccontextmanager

import httpx
import pytest

from shared.addresses import networks
from shared.egress import Egress, GuardedTransport, NotSent, OutcomeUnknown
from tests.support.processes import free_port
from tests.support.receivers import Answer

LOOPBACK = networks("127.0.0.0/8,::1/128")
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@pytest.fixture
async def egress():
    egress = Egress(LOOPBACK, deadline_s=5)
    yield egress
    await egress.close()


@pytest.fixture
async def hurried():
    """A way out with little patience, for receivers that have to be given up on."""
    egress = Egress(LOOPBACK, deadline_s=0.2)
    yield egress
    await egress.close()


class Server:
    """A receiver that speaks raw bytes; ``connections`` counts how often it was called."""

    def __init__(self):
        self.url = ""
        self.connections = 0
        self.requests = 0
        self.asked = asyncio.Event()  # a request came
        self.gone = asyncio.Event()  # a client hung up
        self.closed = asyncio.Event()  # the server did


@asynccontextmanager
async def serving(*answers, then_close=False, tls=None):
    """Answer each request with the next of ``answers``, the last one for ever."""
    server, left = Server(), list(answers)

    async def handle(reader, writer):
        server.connections += 1
        server.closed.clear()
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                server.requests += 1
                server.asked.set()
                answer = left.pop(0) if len(left) > 1 else left[0]
                for part in answer if isinstance(answer, list) else [answer]:
                    if isinstance(part, asyncio.Event):
                        await part.wait()
                    else:
                        writer.write(part)
                        await writer.drain()
                if then_close:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            server.gone.set()
        finally:
            writer.close()
            server.closed.set()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    port = listener.sockets[0].getsockname()[1]
    server.url = f"http{'s' if tls else ''}://127.0.0.1:{port}/hook"
    try:
        yield server
    finally:
        listener.close()


async def turns(count=20):
    """Let the event loop go round a few times."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_post_arrives_as_it_was_given(egress, receiver):
    answer = await egress.post(receiver.url, {"x-one": "1"}, b'{"a":1}')
    request = receiver.requests[0]

    assert answer.status == 200
    assert (request.method, request.body) == ("POST", b'{"a":1}')
    assert request.headers["x-one"] == "1"
    assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [201, 204, 400, 404, 410, 429, 500, 503])
async def test_the_status_is_told_whatever_it_is(egress, receiver, status):
    receiver.answer_next(Answer(status, {"Retry-After": "7"}))

    answer = await egress.post(receiver.url, {}, b"{}")

    assert (answer.status, answer.headers["retry-after"]) == (status, "7")


async def test_a_redirect_is_not_followed(egress, new_receiver):
    sender, other = new_receiver(), new_receiver()
    sender.answer_next(Answer(307, {"Location": other.url}))

    answer = await egress.post(sender.url, {}, b"{}")

    assert answer.status == 307
    assert other.requests == []


async def test_a_connection_is_used_again(egress):
    async with serving(OK) as server:
        for _ in range(5):
            await egress.post(server.url, {}, b"{}")

    assert (server.connections, server.requests) == (1, 5)


async def test_requests_at_the_same_time_use_connections_of_their_own(egress):
    async with serving(OK) as server:
        answers = await asyncio.gather(*(egress.post(server.url, {}, b"{}") for _ in range(5)))

    assert [answer.status for answer in answers] == [200] * 5
    assert server.connections == 5


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", id="says"
        ),
        pytest.param(b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", id="HTTP/1.0"),
    ],
)
async def test_a_connection_that_is_closed_is_not_used_again(egress, answer):
    async with serving(answer) as server:
        for _ in range(2):
            assert (await egress.post(server.url, {}, b"{}")).status == 200

    assert server.connections == 2


async def test_a_receiver_that_hung_up_meanwhile_is_connected_to_again(egress):
    async with serving(OK, then_close=True) as server:
        for _ in range(3):
            assert (await egress.post(server.url, {}, b"{}")).status == 200
            await server.closed.wait()
            await turns()  # until the loop has told us

    assert server.connections == 3


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        pytest.param(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            b"ok",
            id="in chunks",
        ),
        pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", b"", id="without a body"),
        pytest.param(b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK, b"ok", id="after early hints"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"ok", id="after a continue"),
    ],
)
async def test_every_way_to_frame_an_answer_is_understood(egress, answer, body):
    async with serving(answer) as server:
        first = await egress.post(server.url, {}, b"{}")
        second = await egress.post(server.url, {}, b"{}")

    assert first.body == second.body == body
    assert server.connections == 1


async def test_a_body_that_ends_with_the_connection_is_read_to_its_end(egress):
    async with serving(b"HTTP/1.1 500 Oops\r\n\r\nsorry", then_close=True) as server:
        answer = await egress.post(server.url, {}, b"{}")

    assert (answer.status, answer.body) == (500, b"sorry")


async def test_of_a_long_body_the_beginning_is_kept_and_the_rest_not_read(egress):
    head = b"HTTP/1.1 400 Bad\r\ncontent-length: 100000000\r\n\r\n"
    async with serving([head] + [b"x" * 65536] * 200) as server:
        answer = await egress.post(server.url, {}, b"{}")
        await server.gone.wait()

    assert answer.status == 400
    assert answer.body == b"x" * 4096


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb_is_never_inflated(egress, encoding):
    squeeze = gzip.compress if encoding == "gzip" else zlib.compress
    bomb = squeeze(bytes(50_000_000))
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {len(bomb)}\r\n\r\n"
    async with serving(head.encode() + bomb) as server:
        answer = await egress.post(server.url, {}, b"{}")

    assert answer.body == bomb[:4096]


async def test_a_receiver_that_answers_and_then_drips_its_body_has_answered(hurried):
    never = asyncio.Event()
    async with serving([b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\na", never]) as server:
        answer = await hurried.post(server.url, {}, b"{}")
        never.set()

    assert (answer.status, answer.body) == (200, b"a")


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(b"", id="silence"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx-a: ", id="half a head"),
    ],
)
async def test_without_an_answer_in_time_nobody_knows(hurried, part):
    never = asyncio.Event()
    async with serving([part, never]) as server:
        with pytest.raises(OutcomeUnknown, match="in time"):
            await hurried.post(server.url, {}, b"{}")
        never.set()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="hangs up"),
        pytest.param(b"HTTP/1.1 200", id="hangs up half way"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="speaks something else"),
        pytest.param(b"HTTP/1.1 999999 What\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n", id="upgrades"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: 1\r\n" % n for n in range(200)) + b"\r\n",
            id="too many headers",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nx-a: " + b"a" * 200_000, id="too long a head"),
    ],
)
async def test_what_is_no_answer_leaves_the_outcome_unknown(egress, answer):
    async with serving(answer, then_close=True) as server:
        with pytest.raises(OutcomeUnknown):
            await egress.post(server.url, {}, b"{}")


async def test_a_receiver_that_talks_out_of_turn_loses_its_connection(egress):
    async with serving(OK + OK) as server:
        first = await egress.post(server.url, {}, b"{}")
        second = await egress.post(server.url, {}, b"{}")

    assert (first.status, second.status) == (200, 200)
    assert server.connections == 2


async def test_where_nobody_listens_nothing_was_sent(egress):
    with pytest.raises(NotSent):
        await egress.post(f"http://127.0.0.1:{free_port()}/", {}, b"{}")


async def test_giving_up_on_a_call_closes_its_connection(egress):
    never = asyncio.Event()
    async with serving([never]) as server:
        call = asyncio.create_task(egress.post(server.url, {}, b"{}"))
        await server.asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        never.set()
        await server.gone.wait()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for ``crm.example.com``, signed by nobody else."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-nodes", "-days", "2", "-subj", "/CN=crm.example.com"]
        + ["-addext", "subjectAltName=DNS:crm.example.com"]
        + ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True,
        capture_output=True,
    )
    return folder


async def to_loopback(host, port):
    return ["127.0.0.1"]


@pytest.mark.parametrize(
    ("host", "trusted", "reached"),
    [
        pytest.param("crm.example.com", True, True, id="the right name, trusted"),
        pytest.param("evil.example.com", True, False, id="another name"),
        pytest.param("crm.example.com", False, False, id="trusted by nobody"),
    ],
)
async def test_tls_is_verified_for_the_name_and_not_for_the_address(
    certificate, host, trusted, reached
):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    names = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    ours = ssl.create_default_context(cafile=certificate / "cert.pem" if trusted else None)
    egress = Egress(LOOPBACK, resolve=to_loopback, tls=ours)

    async with serving(OK, tls=tls) as server:
        port = server.url.split(":")[2].split("/")[0]
        call = egress.post(f"https://{host}:{port}/", {}, b"{}")
        if reached:
            assert (await call).status == 200
        else:
            with pytest.raises(NotSent):
                await call
        await egress.close()

    assert names == [host]


async def test_an_httpx_client_can_be_given_the_guard(egress, receiver):
    receiver.answer_next(Answer(404, {"content-type": "application/json"}, b'{"no":1}'))

    async with httpx.AsyncClient(transport=GuardedTransport(egress)) as client:
        answer = await client.put(receiver.url, json={"a": 1}, headers={"x-one": "1"})
        with pytest.raises(httpx.ConnectError):
            await client.get("http://169.254.169.254/latest")
    request = receiver.requests[0]

    assert (answer.status_code, answer.json()) == (404, {"no": 1})
    assert (request.method, request.json, request.headers["x-one"]) == ("PUT", {"a": 1}, "1")


async def test_an_httpx_client_is_told_when_the_outcome_is_unknown(hurried):
    never = asyncio.Event()
    async with serving([never]) as server:
        async with httpx.AsyncClient(transport=GuardedTransport(hurried)) as client:
            with pytest.raises(httpx.ReadError):
                await client.post(server.url)
        never.set()
