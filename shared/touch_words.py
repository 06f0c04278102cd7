"""What a lead did, in the words people read: a verb, to which the title of a thing may be added."""

from collections.abc import Mapping

TOUCH_WORDS: Mapping[str, Mapping[str, str]] = {
    "email.opened": {"es": "abrió un correo", "en": "opened a mail"},
    "email.clicked": {"es": "siguió un enlace de un correo", "en": "followed a link in a mail"},
    "email.replied": {"es": "respondió a un correo", "en": "answered a mail"},
    "content.viewed": {"es": "leyó", "en": "read"},
    "content.downloaded": {"es": "descargó", "en": "downloaded"},
    "video.watched": {"es": "vio un vídeo", "en": "watched"},
    "page.viewed": {"es": "vio la página", "en": "saw the page"},
    "pricing.viewed": {"es": "vio los precios", "en": "saw the prices"},
    "form.submitted": {"es": "envió un formulario", "en": "sent a form"},
    "demo.requested": {"es": "pidió una demo", "en": "asked for a demo"},
    "contact.requested": {"es": "pidió que le contactemos", "en": "asked to be contacted"},
    "quote.requested": {"es": "pidió presupuesto", "en": "asked for a quote"},
    "meeting.attended": {"es": "vino a una reunión", "en": "came to a meeting"},
    "trial.started": {"es": "empezó una prueba", "en": "started a trial"},
    "product.used": {"es": "usó el producto", "en": "used the product"},
    "chat.started": {"es": "abrió un chat", "en": "started a chat"},
    "message.replied": {"es": "respondió a un mensaje", "en": "answered a message"},
    "event.attended": {"es": "vino a un evento", "en": "came to an event"},
    "account.created": {"es": "creó una cuenta", "en": "made an account"},
    "survey.answered": {"es": "respondió a una encuesta", "en": "answered a survey"},
    "meeting.booked": {"es": "reservó una reunión", "en": "booked a meeting"},
    "webinar.registered": {"es": "se apuntó a un webinar", "en": "signed up for a webinar"},
    "webinar.attended": {"es": "asistió a un webinar", "en": "attended a webinar"},
}
