"""The supports are real: what they stand for holds, and they do what their names say."""

import asyncio
from email.message import EmailMessage

import aiosmtplib
import asyncpg
import httpx
import pytest

from tests.support.browser import window
from tests.support.kafka import running_kafka
from tests.support.receivers import Answer


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
async def test_the_private_postgres_is_durable(postgres, setting):
    connection = await asyncpg.connect(postgres.url)
    value = await connection.fetchval(f"SHOW {setting}")
    await connection.close()

    assert value == "on"


async def test_each_test_has_a_database_of_its_own(postgres):
    async with postgres.database() as one, postgres.database() as other:
        connection = await asyncpg.connect(one)
        await connection.execute("CREATE TABLE touch (id int)")
        await connection.close()
        connection = await asyncpg.connect(other)
        tables = await connection.fetch("SELECT 1 FROM pg_tables WHERE tablename = 'touch'")
        await connection.close()

    assert tables == []


@pytest.mark.kafka
async def test_a_broker_keeps_its_cluster_over_a_kill_and_says_it_is_version_4():
    async with running_kafka() as kafka:
        (broker,) = kafka.brokers
        before = await described(kafka)
        broker.process.kill()
        broker.start()
        await kafka.until_ready()
        after = await described(kafka)
        broker.process.terminate()

        assert after == before
        assert "Kafka version: 4." in broker.process.log_tail()


async def described(kafka) -> str:
    async with kafka.admin() as admin:
        return str((await admin.describe_cluster())["cluster_id"])


async def test_the_mail_sink_keeps_what_it_accepts_and_refuses_when_told(mail_sink):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "relevo@acme.com", "ana@acme.com", "¡Un lead!"
    mail.set_content("Llámala hoy.")
    mail_sink.answer_next("451 4.7.1 try later")

    with pytest.raises(aiosmtplib.SMTPDataError, match="try later"):
        await aiosmtplib.send(mail, hostname=mail_sink.host, port=mail_sink.port)
    await aiosmtplib.send(mail, hostname=mail_sink.host, port=mail_sink.port)
    received = await mail_sink.next_mail()

    assert mail_sink.mails == [received]
    assert received.recipients == ("ana@acme.com",)
    assert received.message["Subject"] == "¡Un lead!"


async def test_a_receiver_answers_by_its_script_and_keeps_every_request(receiver):
    receiver.answer_next(Answer(503, {"Retry-After": "7"}), Answer(410))

    async with httpx.AsyncClient(timeout=30) as client:
        answers = [await client.post(receiver.url, json={"try": n}) for n in (1, 2, 3)]
    requests = await receiver.next_requests(3)

    assert [answer.status_code for answer in answers] == [503, 410, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert [request.json for request in requests] == [{"try": 1}, {"try": 2}, {"try": 3}]


async def test_a_held_answer_holds_up_no_other_receiver(new_receiver):
    slow, quick = new_receiver(), new_receiver()
    slow.answer_next(Answer(held=True))

    async with httpx.AsyncClient(timeout=30) as client:
        waiting = asyncio.create_task(client.get(slow.url))
        await slow.next_request()
        answer = await client.get(quick.url)
        still_waiting = not waiting.done()
        slow.release()
        await waiting

    assert answer.status_code == 200
    assert still_waiting


PAGE = """<!doctype html><html lang="en"><title>Page</title><main><h1>Page</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><script>window.ran = true</script>
<p style="width: 3000px">wide</p></main></html>"""


async def test_a_window_tells_what_a_page_does_wrong(browser, receiver_server):
    policy = "default-src 'none'; img-src data:"
    receiver_server.expect_request("/page").respond_with_data(
        PAGE, content_type="text/html", headers={"Content-Security-Policy": policy}
    )
    async with window(browser, receiver_server.url_for("").rstrip("/"), "phone") as one:
        await one.open("/page")
        found = [one.partition(":")[0] for one in await one.violations()]

        assert "image-alt" in found
        assert any("script-src-elem" in fault for fault in one.faults)
        assert any("style-src-attr" in fault for fault in one.faults)
        assert await one.page.evaluate("window.ran") is None
