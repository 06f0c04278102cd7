"""A notice as somebody reads it, in short words."""

from services.notify.domain.messages import Notice, Reader
from services.notify.texts.compose import compose_notice


def notice(step, *events, ready=None, language="es", zone="Europe/Madrid"):
    return Notice(
        notification_id="019c0000-0000-7000-8000-0000000000ff",
        step=step,
        reader=Reader("Lucía Gómez", "lucia@acme.com", language, zone),
        events=tuple(event.to_bytes() for event in events),
        ready=ready.to_bytes() if ready else None,
    )


def compose(*args, **options):
    return compose_notice(notice(*args, **options), "en", "UTC")


def text_of(message):
    lines = [message.title, message.intro, message.footer]
    for section in message.sections:
        lines += [section.heading, *section.lines]
    return "\n".join(lines)
