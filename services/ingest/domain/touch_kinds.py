"""The touch kinds, and the event names that mean them.

A kind is a noun and a past verb. Tools call the same thing by many names; a name is compared
without case, accents, separators and camel humps, so ``Guide Downloaded``,
``guide_downloaded`` and ``guideDownloaded`` are one. A source's own table comes before this
one. A name in no table becomes ``unknown`` and keeps the name.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

UNKNOWN = "unknown"

# kind → what it means, and the names that mean it, folded as `fold_name` folds them.
_TABLE: dict[str, tuple[str, str]] = {
    "email.sent": (
        "An e-mail to the lead was sent, or taken for sending. The lead did nothing yet.",
        "email sent, sent email, correo enviado, email enviado",
    ),
    "email.delivered": (
        "An e-mail reached the lead's mailbox. The lead did nothing yet.",
        "delivered, message delivered, correo entregado, email entregado",
    ),
    "email.opened": (
        "Opened an e-mail. Weak: many opens are made by machines.",
        "open, opened, email open, opened email, email abierto, correo abierto",
    ),
    "email.clicked": (
        "Followed a link in an e-mail.",
        (
            "click, clicked, email click, email link clicked, link clicked, clicked email link, "
            "enlace pulsado, clic en correo, clic en email"
        ),
    ),
    "email.replied": (
        "Answered an e-mail.",
        "reply, replied, email reply, replied to email, correo respondido, respuesta recibida",
    ),
    "email.forwarded": (
        "Passed an e-mail on to somebody.",
        "forward, forwarded, email forward, correo reenviado",
    ),
    "email.bounced": (
        "An e-mail came back; the address does not work now.",
        "bounce, bounced, hard bounce, soft bounce, correo rebotado, rebote",
    ),
    "email.deferred": (
        "An e-mail could not be delivered yet; the tool tries again.",
        "deferred, email deferred, correo aplazado",
    ),
    "email.dropped": (
        "An e-mail was not sent at all: the address is blocked, or failed before.",
        "dropped, email dropped, correo descartado",
    ),
    "email.changed": (
        "Has another e-mail address now; the earlier one is of the same lead.",
        "email address changed, email updated, correo cambiado, cambio de correo",
    ),
    "email.subscribed": (
        "Asked to receive e-mails.",
        (
            "subscribe, subscribed, newsletter subscribed, newsletter signup, suscrito, alta "
            "newsletter"
        ),
    ),
    "email.unsubscribed": (
        "Asked not to receive e-mails any more.",
        (
            "unsubscribe, unsubscribed, newsletter unsubscribed, opted out, baja, baja "
            "newsletter, desuscrito"
        ),
    ),
    "email.complained": (
        "Reported an e-mail as spam.",
        (
            "spam, complaint, complained, spam report, spam complaint, marcado como spam, queja "
            "de spam"
        ),
    ),
    "list.joined": (
        "Was put on a list or into a segment. The lead need not have asked for it.",
        "list addition, added to list, anadido a lista",
    ),
    "list.left": (
        "Was taken off a list or out of a segment.",
        "removed from list, list removal, quitado de lista",
    ),
    "tag.added": (
        "Was given a tag in the tool.",
        "contact tag added, tag applied, etiqueta anadida",
    ),
    "tag.removed": (
        "Lost a tag in the tool.",
        "contact tag removed, etiqueta quitada",
    ),
    "campaign.converted": (
        "Did what a campaign was made for.",
        "campaign conversion, goal reached, objetivo alcanzado, conversion de campana",
    ),
    "content.viewed": (
        "Looked at a piece of content on line: an article, a case, a brochure.",
        (
            "article viewed, article read, blog post viewed, guide viewed, case study viewed, "
            "document viewed, articulo leido, guia vista, caso de exito visto"
        ),
    ),
    "content.downloaded": (
        "Downloaded a piece of content: a guide, a white paper, a price list.",
        (
            "download, downloaded, guide downloaded, downloaded guide, ebook downloaded, e book "
            "downloaded, whitepaper downloaded, white paper downloaded, pdf downloaded, file "
            "downloaded, asset downloaded, document downloaded, brochure downloaded, report "
            "downloaded, case study downloaded, template downloaded, resource downloaded, "
            "datasheet downloaded, descarga, guia descargada, descarga de guia, contenido "
            "descargado, ebook descargado, informe descargado, folleto descargado, documento "
            "descargado, archivo descargado, catalogo descargado, pdf descargado"
        ),
    ),
    "content.shared": (
        "Shared a piece of content with others.",
        "shared, article shared, contenido compartido, articulo compartido",
    ),
    "video.watched": (
        "Watched a video, or a good part of it.",
        "video viewed, video played, video completed, video content completed, video visto",
    ),
    "page.viewed": (
        "Saw a page of the web site, or a screen of the app.",
        "page, page view, pageview, viewed page, screen, screen viewed, pagina vista, visita",
    ),
    "pricing.viewed": (
        "Saw the prices.",
        (
            "pricing page viewed, viewed pricing, viewed pricing page, pricing visited, precios "
            "vistos, pagina de precios vista"
        ),
    ),
    "careers.viewed": (
        "Looked at jobs with us: more likely an applicant than a buyer.",
        (
            "careers page viewed, job viewed, jobs viewed, job application submitted, empleo "
            "visto, ofertas de empleo vistas"
        ),
    ),
    "form.submitted": (
        "Filled in and sent a form.",
        (
            "form submit, form submission, form filled, form completed, submitted form, lead form "
            "submitted, formulario enviado, envio de formulario, formulario completado"
        ),
    ),
    "contact.requested": (
        "Asked to be contacted.",
        (
            "contact form submitted, contact us submitted, contact request, contacted us, contact "
            "sales, callback requested, call requested, contacto solicitado, solicitud de "
            "contacto, formulario de contacto enviado, llamada solicitada"
        ),
    ),
    "demo.requested": (
        "Asked for a demonstration.",
        (
            "demo request, request demo, requested demo, demo request submitted, demo form "
            "submitted, book a demo, demo booked, demo solicitada, solicitud de demo, solicito "
            "demo, pidio demo, demo pedida"
        ),
    ),
    "quote.requested": (
        "Asked for a price or an offer.",
        (
            "quote request, request quote, requested quote, pricing requested, proposal "
            "requested, presupuesto solicitado, solicitud de presupuesto, cotizacion solicitada, "
            "precio solicitado"
        ),
    ),
    "meeting.booked": (
        "Booked a meeting with us.",
        (
            "meeting scheduled, appointment booked, appointment scheduled, call booked, call "
            "scheduled, booking created, reunion reservada, reunion agendada, cita reservada, "
            "cita agendada, llamada agendada"
        ),
    ),
    "meeting.attended": (
        "Came to the meeting.",
        (
            "meeting held, meeting completed, appointment attended, reunion celebrada, asistio a "
            "la reunion"
        ),
    ),
    "meeting.cancelled": (
        "Called the meeting off.",
        (
            "meeting canceled, appointment cancelled, appointment canceled, booking cancelled, "
            "booking canceled, reunion cancelada, cita cancelada"
        ),
    ),
    "meeting.missed": (
        "Did not come to the meeting.",
        "meeting no show, no show, appointment missed, no se presento, reunion perdida",
    ),
    "webinar.registered": (
        "Registered for a webinar.",
        (
            "webinar signup, webinar sign up, registered for webinar, webinar registration, "
            "inscripcion a webinar, inscrito en webinar, webinar inscrito, registro en webinar"
        ),
    ),
    "webinar.attended": (
        "Was at the webinar.",
        "webinar joined, attended webinar, webinar watched, asistio al webinar, webinar asistido",
    ),
    "webinar.missed": (
        "Registered for a webinar and was not there.",
        "webinar no show, no asistio al webinar",
    ),
    "event.registered": (
        "Registered for a fair, a talk or another event.",
        "event registration, registered for event, inscrito en evento, inscripcion a evento",
    ),
    "event.attended": (
        "Was at a fair, a talk or another event; came to our stand.",
        (
            "attended event, event checked in, booth visited, badge scanned, asistio al evento, "
            "evento asistido, visita al stand"
        ),
    ),
    "account.created": (
        "Made an account in the product.",
        (
            "signup, sign up, signed up, user signed up, account signed up, registered, registro, "
            "cuenta creada, alta de usuario"
        ),
    ),
    "trial.started": (
        "Started a trial of the product.",
        (
            "start trial, started trial, free trial started, trial signup, prueba iniciada, "
            "prueba gratuita iniciada, inicio de prueba"
        ),
    ),
    "trial.ended": (
        "A trial came to its end.",
        "trial expired, trial finished, prueba terminada, fin de la prueba",
    ),
    "product.used": (
        "Used the product.",
        (
            "feature used, signed in, login, logged in, app opened, session started, producto "
            "usado, funcion usada, inicio de sesion"
        ),
    ),
    "purchase.made": (
        "Bought something.",
        (
            "order completed, order placed, item purchased, purchase, purchased, checkout "
            "completed, pedido realizado, compra realizada"
        ),
    ),
    "deal.opened": ("A deal was opened.", "deal created, opportunity opened, oportunidad abierta"),
    "deal.won": (
        "A deal with the lead was won. Shows what a policy missed.",
        "closed won, deal closed won, opportunity won, oportunidad ganada, negocio ganado",
    ),
    "deal.lost": (
        "A deal with the lead was lost. Shows what a policy found in vain.",
        "closed lost, deal closed lost, opportunity lost, oportunidad perdida, negocio perdido",
    ),
    "chat.started": (
        "Started a chat with us.",
        (
            "chat, conversation started, live chat started, chat conversation started, chat "
            "iniciado, conversacion iniciada"
        ),
    ),
    "call.answered": (
        "Talked with us on the telephone.",
        "call completed, call connected, phone call answered, llamada respondida, llamada atendida",
    ),
    "call.missed": (
        "Did not answer our call.",
        "call no answer, no answer, llamada perdida, llamada no atendida",
    ),
    "message.replied": (
        "Answered a message: SMS, WhatsApp or a social network.",
        (
            "sms replied, sms reply, whatsapp replied, linkedin replied, mensaje respondido, sms "
            "respondido"
        ),
    ),
    "message.sent": (
        "A message that is no e-mail was sent: SMS, push, WhatsApp. The lead did nothing yet.",
        "sms sent, push sent, whatsapp sent, mensaje enviado, sms enviado",
    ),
    "message.delivered": (
        "Such a message reached the lead's device. The lead did nothing yet.",
        "sms delivered, push delivered, whatsapp delivered, mensaje entregado",
    ),
    "message.opened": (
        "Opened such a message.",
        "push opened, in app opened, whatsapp read, mensaje abierto",
    ),
    "message.clicked": (
        "Followed a link in such a message.",
        "sms clicked, push clicked, in app clicked, whatsapp clicked, enlace de mensaje pulsado",
    ),
    "message.failed": (
        "Such a message could not be delivered.",
        "sms failed, push failed, whatsapp failed, sms bounced, push bounced, mensaje fallido",
    ),
    "message.unsubscribed": (
        "Asked not to receive such messages any more.",
        "sms unsubscribed, sms opted out, whatsapp unsubscribed, baja de sms",
    ),
    "ad.clicked": (
        "Followed an advertisement.",
        "ad click, clicked ad, advertisement clicked, anuncio pulsado, clic en anuncio",
    ),
    "social.engaged": (
        "Liked, commented on or followed us on a social network.",
        "social interaction, liked post, commented on post, followed us, interaccion social",
    ),
    "survey.answered": (
        "Answered a survey or a quiz.",
        (
            "survey completed, survey submitted, nps submitted, quiz completed, encuesta "
            "respondida, encuesta completada"
        ),
    ),
    "referral.made": (
        "Recommended us to somebody.",
        "referral, friend referred, invite sent, recomendacion, recomendado",
    ),
    "lead.removed": (
        "Was deleted from the tool's contacts, by somebody there.",
        "contact deleted, contact removed, lead deleted, contacto borrado, contacto eliminado",
    ),
    "erasure.requested": (
        "Asked that their personal data be erased.",
        (
            "deletion requested, erasure request, gdpr deletion, privacy deletion, solicitud de "
            "supresion, borrado de datos solicitado"
        ),
    ),
    UNKNOWN: (
        "Something no table has a kind for. The name is kept; map it to make it count.",
        "",
    ),
}
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    kind: (meaning, tuple(names.split(", ")) if names else ())
    for kind, (meaning, names) in _TABLE.items()
}
"""Touch kind → what it means, and the event names that mean it."""

LONGEST_NAME = 200
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")
_VERSION = re.compile(r"\.v\d+$", re.ASCII)
_DOTTED = re.compile(r"[\w-]+(?:\.[\w-]+)+")


def fold_name(name: str) -> str:
    """Return ``name`` as names are compared: ``Guía-Descargada`` is ``guia descargada``."""
    spaced = _HUMP.sub(" ", name[:LONGEST_NAME])
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(char)
    )
    return _BETWEEN.sub(" ", bare.casefold()).strip()


_NAMES: dict[str, str] = {fold_name(kind): kind for kind in KINDS} | {
    name: kind for kind, (_, names) in KINDS.items() for name in names
}


@lru_cache(maxsize=8192)
def built_in_kind(name: str) -> str:
    """Return the kind the built-in table gives ``name``; ``unknown`` when it has none.

    Of a dotted name (``com.acme.crm.email.clicked.v1``) the version is dropped, then the
    leading parts one by one, as long as two are left.
    """
    if kind := _NAMES.get(fold_name(name)):
        return kind
    if _DOTTED.fullmatch(name):
        parts = _VERSION.sub("", name).split(".")
        for start in range(len(parts) - 1):
            if kind := _NAMES.get(fold_name(" ".join(parts[start:]))):
                return kind
    return UNKNOWN


def kind_of(name: str, own: Mapping[str, str]) -> str:
    """Return the kind of the event ``name``; ``own`` is the source's table, names folded."""
    if own and (kind := own.get(fold_name(name))):
        return kind
    return built_in_kind(name)
