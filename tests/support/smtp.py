"""A mail server that keeps what it is sent: the last stop of every mail the tests send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 OK"


@dataclass(frozen=True)
class Mail:
    """One mail as it came: the envelope, and the message parsed."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class MailSink:
    """Accepts mail on ``127.0.0.1:port``, in the loop of the test."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.mails: list[Mail] = []
        self._answers: list[str] = []
        self._unread: asyncio.Queue[Mail] = asyncio.Queue()

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def answer_next(self, *answers: str) -> None:
        """Answer the next mails so (``"451 4.7.1 later"``); what is refused is lost."""
        self._answers.extend(answers)

    async def next_mail(self, timeout_s: float = 10) -> Mail:
        """Return the next mail not yet returned, waiting for it; raises ``TimeoutError``."""
        async with asyncio.timeout(timeout_s):
            return await self._unread.get()

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail, unless it is to be refused, and return the answer to its sender."""
        answer = self._answers.pop(0) if self._answers else ACCEPTED
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.SMTP)
            assert isinstance(message, EmailMessage)
            mail = Mail(str(envelope.mail_from), tuple(envelope.rcpt_tos), message)
            self.mails.append(mail)
            self._unread.put_nowait(mail)
        return answer


@asynccontextmanager
async def running_mail_sink() -> AsyncIterator[MailSink]:
    """Yield a sink that listens on a free port until the block ends."""
    sink = MailSink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, enable_SMTPUTF8=True), sink.host, 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()
