"""Who acted: a human, a machine, or nobody can say.

The vendor's own mark comes first, because only the vendor saw the request. Without it the
user agent speaks, where there is one. A machine counts nothing; an unsure touch never makes
a lead ready and never keeps one from it.
"""

from services.ingest.domain.incoming import Mark

# Proxies that fetch because a person opened the mail. Crawler lists call them crawlers.
HUMAN_PROXIES = ("GoogleImageProxy", "YahooMailProxy")
# Whole user agents of fetchers that hide: Apple's mail privacy proxy, some link scanners.
BARE_AGENTS = frozenset({"Mozilla/5.0", "Mozilla/4.0", "Mozilla"})
BY_HAND = ("curl/", "Wget/", "python-requests/", "python-httpx/", "Go-http-client/", "okhttp/")


def judge(mark: Mark | None, user_agent: str | None, is_crawler: bool) -> Mark:
    """Return who acted and why we think so.

    ``user_agent`` is the one that did what the touch tells, not the one that reported it.
    ``is_crawler`` is what a list of known crawlers says about it.
    """
    if mark is not None:
        return mark
    agent = (user_agent or "").strip()
    if not agent:
        return Mark("human", "no_sign_of_a_machine")
    if any(proxy in agent for proxy in HUMAN_PROXIES):
        return Mark("human", "proxy_of_a_person")
    if agent in BARE_AGENTS:
        return Mark("unsure", "bare_user_agent")
    if is_crawler:
        return Mark("machine", "known_crawler")
    if agent.startswith(BY_HAND):
        return Mark("machine", "http_library")
    return Mark("human", "no_sign_of_a_machine")
