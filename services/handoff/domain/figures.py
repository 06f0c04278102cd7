"""Numbers as people read them, in Spanish and in English."""

from services.handoff.domain.policy import Language

LANGUAGES: tuple[Language, ...] = ("es", "en")


def decimal(value: float, language: Language) -> str:
    """Return a number with at most one decimal: ``1,8`` in Spanish, ``1.8`` in English."""
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",") if language == "es" else text


def percent(share: float, language: Language) -> str:
    """Return a share from 0 to 1 as policies write it, with one decimal where it has one."""
    text = decimal(share * 100, language)
    return f"{text}\u00a0%" if language == "es" else f"{text}%"
