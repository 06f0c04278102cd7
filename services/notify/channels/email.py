"""Mail over SMTP: one recipient, HTML and plain text, the same Message-ID on every try."""

from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses, localtime
from typing import Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib
import mrml
from jinja2 import DictLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notify.channels.parts import Parts
from services.notify.domain.attempts import Reply
from services.notify.domain.messages import Message

TIMEOUT_S = 15.0
SUBJECT_CHARACTERS = 150
# Looked at by hand, and by tests: mrml takes a misspelt tag without a word.
LAYOUT = """
<mjml lang="{{ message.language }}">
  <mj-head>
    <mj-title>{{ message.title }}</mj-title>
    <mj-preview>{{ message.intro }}</mj-preview>
    <mj-attributes>
      <mj-all font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" />
      <mj-text color="#211d1a" font-size="15px" line-height="1.5" padding="4px 24px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#faf8f5">
    <mj-section background-color="#ffffff" padding="24px 0">
      <mj-column>
        <mj-text font-size="20px" font-weight="600">{{ message.title }}</mj-text>
        {% if message.intro %}<mj-text>{{ message.intro }}</mj-text>{% endif %}
        {% for button in message.buttons %}
        <mj-button href="{{ button.url }}" align="left" padding="8px 24px" font-size="16px"
          inner-padding="14px 28px" border="2px solid #b03f27" border-radius="24px"
          {% if loop.first %}background-color="#b03f27" color="#ffffff"
          {% else %}background-color="#ffffff" color="#b03f27"{% endif %}>
          {{- button.text -}}
        </mj-button>
        {% endfor %}
        {% for section in message.sections %}
        <mj-text font-weight="600" padding-top="16px">{{ section.heading }}</mj-text>
        {% for line in section.lines %}<mj-text>{{ line }}</mj-text>{% endfor %}
        {% endfor %}
        {% if message.footer %}
        <mj-text color="#685f57" font-size="13px" padding-top="16px">{{ message.footer }}</mj-text>
        {% endif %}
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""
_templates = ImmutableSandboxedEnvironment(
    loader=DictLoader({"mail.mjml": LAYOUT}), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: Literal["at_once", "required", "offered"]


def mail_server(url: str) -> MailServer:
    """Read ``smtp://``, ``smtp+starttls://`` or ``smtps://user:password@host:port``.

    Raises ``ValueError``.
    """
    parts = urlsplit(url)
    kinds: dict[str, tuple[Literal["at_once", "required", "offered"], int]] = {
        "smtp": ("offered", 25),
        "smtp+starttls": ("required", 587),
        "smtps": ("at_once", 465),
    }
    if parts.scheme not in kinds or not parts.hostname:
        raise ValueError("a mail URL is smtp://, smtp+starttls:// or smtps:// and a host")
    tls, port = kinds[parts.scheme]
    return MailServer(
        host=parts.hostname,
        port=parts.port or port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
    )


class Email:
    """A person's mailbox."""

    name = "email"

    def __init__(self, parts: Parts):
        self._server = mail_server(parts.smtp_url) if parts.smtp_url else None
        self._from = address_of(parts.mail_from)

    def is_usable(self, address: str) -> bool:
        if self._server is None:
            return False
        try:
            return bool(address_of(address).domain)
        except ValueError:
            return False

    async def send(self, address: str, message: Message, message_id: str) -> Reply:
        try:
            mail = self._mail(address, message, message_id)
        except (ValueError, MessageError) as error:
            return Reply("not_sent", ok=False, is_final=True, reason=f"not a mail: {error}")
        return await self._hand_in(mail)

    def _mail(self, address: str, message: Message, message_id: str) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._from
        mail["To"] = address_of(address)
        mail["Subject"] = message.title[:SUBJECT_CHARACTERS]
        mail["Date"] = localtime()
        mail["Message-ID"] = f"<{message_id}@{self._from.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = message.language
        mail.set_content(as_text(message))
        mail.add_alternative(as_html(message), subtype="html")
        return mail

    async def _hand_in(self, mail: EmailMessage) -> Reply:
        server = self._server
        assert server is not None, "no mail server is set up"
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls == "at_once",
            start_tls={"at_once": False, "required": True, "offered": None}[server.tls],
            timeout=TIMEOUT_S,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            return Reply("not_sent", ok=False, reason=f"mail server: {type(error).__name__}")
        try:
            await client.send_message(mail)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _refusal(refused.recipients[0].code)
        except aiosmtplib.SMTPResponseException as error:
            return _refusal(error.code)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Reply("unknown", ok=False, reason=f"mail server: {type(error).__name__}")
        finally:
            client.close()
        return Reply("sent", ok=True, status=250)


def _refusal(code: int) -> Reply:
    """A code, not the text: servers repeat the address in it."""
    return Reply("sent", ok=False, status=code, is_final=code >= 500, reason=f"smtp {code}")


def address_of(text: str) -> Address:
    """Return ``Name <user@host>`` or ``user@host`` as an address; raises ``ValueError``."""
    found = getaddresses([text])
    if len(found) != 1 or not found[0][1] or any(ord(char) < 32 for char in text):
        raise ValueError("not an e-mail address")
    name, spec = found[0]
    return Address(display_name=name, addr_spec=spec)


def as_html(message: Message) -> str:
    """Return the message as HTML that mail programs show alike."""
    return str(mrml.to_html(_templates.get_template("mail.mjml").render(message=message)).content)


def as_text(message: Message) -> str:
    """Return the message as plain text."""
    parts = [message.title, message.intro]
    parts += [f"{button.text}: {button.url}" for button in message.buttons]
    parts += [
        "\n".join([section.heading, *(f"- {line}" for line in section.lines)])
        for section in message.sections
    ]
    parts.append(message.footer)
    return "\n\n".join(part for part in parts if part) + "\n"
