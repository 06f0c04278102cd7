"""The guard: whatever a URL or a name says, no internal address is connected to."""

import socket

import pytest

from shared.addresses import networks
from shared.egress import Egress, Forbidden, NotSent, check_headers, parse_url

LOOPBACK = networks("127.0.0.0/8,::1/128")


def resolving_to(*addresses):
    """A resolver that always gives these."""

    async def resolve(host, port):
        return addresses

    return resolve


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("ftp://example.com/", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("gopher://example.com:70/", id="gopher"),
        pytest.param("example.com/hook", id="no scheme"),
        pytest.param("https:///hook", id="no host"),
        pytest.param("https://user:secret@example.com/", id="user information"),
        pytest.param("https://example.com@127.0.0.1/", id="a name as user information"),
        pytest.param("https://example.com:22/", id="another port"),
        pytest.param("https://example.com:99999/", id="no port"),
        pytest.param("https://127.0.0.1/", id="loopback"),
        pytest.param("http://169.254.169.254/latest/meta-data", id="cloud metadata"),
        pytest.param("https://[::1]/", id="IPv6 loopback"),
        pytest.param("https://[::ffff:127.0.0.1]/", id="IPv4-mapped"),
        pytest.param("https://[::ffff:7f00:1]/", id="IPv4-mapped in hexadecimal"),
        pytest.param("https://[64:ff9b::7f00:1]/", id="NAT64"),
        pytest.param("https://[2002:7f00:1::]/", id="6to4"),
        pytest.param("https://[fec0::1]/", id="site-local"),
        pytest.param("https://[3fff::1]/", id="newer documentation range"),
        pytest.param("https://exa mple.com/", id="a space"),
        pytest.param("https://example.com\r\nhost: evil/", id="a line break"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_url_that_cannot_be_meant_is_refused_when_it_is_typed(url):
    with pytest.raises(Forbidden):
        parse_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?a=1",
        "http://example.com/",
        "https://example.com:8443/",
        "http://example.com:8080/",
        "https://[2606:4700::1111]/",
        "https://bücher.example/",
    ],
)
def test_an_ordinary_url_is_taken(url):
    assert parse_url(url).origin.scheme in ("http", "https")


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("2130706433", id="decimal"),
        pytest.param("0x7f000001", id="hexadecimal"),
        pytest.param("0177.0.0.1", id="octal"),
        pytest.param("127.1", id="shortened"),
        pytest.param("127.0.1", id="shortened to three"),
        pytest.param("１２７.0.0.1", id="full-width digits"),
        pytest.param("①②⑦.0.0.1", id="circled digits"),
        pytest.param("localhost", id="name"),
        pytest.param("localhost.", id="name with a final dot"),
        pytest.param("LOCALHOST", id="name in capitals"),
    ],
)
async def test_every_spelling_of_loopback_is_judged_where_it_leads(host, receiver):
    port = receiver.url.split(":")[2].split("/")[0]
    egress = Egress(networks("10.0.0.0/8"))  # any port could be allowed, this address is not

    with pytest.raises(NotSent):
        await egress.post(f"http://{host}:{port}/", {}, b"")
    assert receiver.requests == []


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1"], id="loopback"),
        pytest.param(["169.254.169.254"], id="metadata"),
        pytest.param(["::1"], id="IPv6 loopback"),
        pytest.param(["fe80::1%lo"], id="with a zone"),
        pytest.param(["10.0.0.1", "192.168.1.1"], id="several"),
    ],
)
async def test_a_name_that_leads_inside_is_forbidden(addresses):
    egress = Egress(resolve=resolving_to(*addresses))

    with pytest.raises(Forbidden):
        await egress.post("https://crm.example.com/", {}, b"")


async def test_of_mixed_answers_only_the_allowed_address_is_used(receiver):
    port = int(receiver.url.split(":")[2].split("/")[0])
    tried = []

    async def resolve(host, port):
        tried.append(host)
        return ["10.0.0.1", "127.0.0.1", "192.168.0.1"]

    egress = Egress(LOOPBACK, resolve=resolve)
    answer = await egress.post(f"http://crm.example.com:{port}{path(receiver)}", {}, b"{}")
    await egress.close()

    assert answer.status == 200
    assert tried == ["crm.example.com"]
    assert receiver.requests[0].headers["host"] == f"crm.example.com:{port}"


async def test_a_name_that_changes_its_mind_between_look_and_connect_gains_nothing(receiver):
    port = int(receiver.url.split(":")[2].split("/")[0])
    answers = [["8.8.8.8"], ["127.0.0.1"]]

    async def rebinding(host, port):
        return answers.pop(0)

    egress = Egress(networks("8.8.8.8/32"), resolve=rebinding, connect_s=0.05)
    with pytest.raises(NotSent):  # what was judged is what is connected to: nobody there
        await egress.post(f"http://crm.example.com:{port}{path(receiver)}", {}, b"{}")

    assert len(answers) == 1
    assert receiver.requests == []


async def test_a_name_is_judged_again_at_every_connection(receiver):
    port = int(receiver.url.split(":")[2].split("/")[0])
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def moving(host, port):
        return answers.pop(0)

    egress = Egress(LOOPBACK, resolve=moving)
    url = f"http://crm.example.com:{port}{path(receiver)}"
    await egress.post(url, {}, b"{}")
    await egress.close()

    with pytest.raises(Forbidden):
        await egress.post(url, {}, b"{}")


async def test_an_unusual_port_is_for_allowed_networks_only():
    egress = Egress(LOOPBACK, resolve=resolving_to("8.8.8.8"))

    with pytest.raises(Forbidden):
        await egress.post("https://crm.example.com:5432/", {}, b"")


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(socket.gaierror(-2, "Name or service not known"), id="unknown name"),
        pytest.param(UnicodeError("label too long"), id="impossible name"),
        pytest.param(TimeoutError(), id="resolver does not answer"),
    ],
)
async def test_a_failed_resolution_fails_closed(failure):
    async def resolve(host, port):
        raise failure

    with pytest.raises(NotSent):
        await Egress(LOOPBACK, resolve=resolve).post("https://crm.example.com/", {}, b"")


async def test_a_name_without_an_address_is_not_called():
    with pytest.raises(NotSent):
        await Egress(LOOPBACK, resolve=resolving_to()).post("https://a.example/", {}, b"")


async def test_a_proxy_in_the_environment_is_ignored(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    egress = Egress(LOOPBACK)

    answer = await egress.post(receiver.url, {}, b"{}")
    await egress.close()

    assert answer.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer abc"},
        {"x-api-key": "k", "X-Tenant": "acme"},
        {},
    ],
)
def test_headers_of_users_may_authenticate_them(headers):
    check_headers(headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Host", "evil", id="host"),
        pytest.param("content-length", "0", id="length"),
        pytest.param("Transfer-Encoding", "chunked", id="framing"),
        pytest.param("Webhook-Signature", "v1,x", id="our signature"),
        pytest.param("webhook-anything", "x", id="our prefix"),
        pytest.param("traceparent", "00-x", id="trace"),
        pytest.param("x-a", "b\r\nhost: evil", id="line break in the value"),
        pytest.param("x-a", "b\x00", id="NUL"),
        pytest.param("x-a", "ñ", id="not ASCII"),
        pytest.param("x-a", "x" * 1025, id="too long"),
        pytest.param("x a", "b", id="space in the name"),
        pytest.param("x-a\r\nhost", "evil", id="line break in the name"),
        pytest.param("", "b", id="no name"),
    ],
)
def test_headers_that_are_ours_or_harmful_are_refused(name, value):
    with pytest.raises(ValueError, match="header"):
        check_headers({name: value})


async def test_a_line_break_never_reaches_the_wire(receiver):
    egress = Egress(LOOPBACK)

    with pytest.raises(ValueError, match="line break"):
        await egress.post(receiver.url, {"x-a": "b\r\nx-evil: 1"}, b"")
    assert receiver.requests == []


def path(receiver):
    return "/" + receiver.url.split("/", 3)[3]
