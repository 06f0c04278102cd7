"""Who acted, by what one event tells of itself: a human, a machine, or nobody can say.

The vendor's own mark comes first, because only the vendor saw the request. Without it the
user agent speaks, where there is one. A machine counts nothing; an unsure touch never makes
a lead ready and never keeps one from it. What only several events tell together is judged
in ``sightings``.
"""

from services.ingest.domain.incoming import Mark

# Raised whenever the same evidence can get another mark: touches are judged again by it.
VERSION = 2

# Proxies that fetch because a person opened the mail. Crawler lists call them crawlers.
HUMAN_PROXIES = ("GoogleImageProxy", "YahooMailProxy")
# Gmail fetches some images on arrival as well, with this end of its user agent
# (https://github.com/mautic/mautic/pull/10245); its image proxy above does not.
PREFETCHERS = ("Edge/12.246 Mozilla/5.0",)
# Gateways that follow every link of a mail before anybody gets it. Most hide behind a
# browser's name; these say who they are, in some part of it.
SCANNERS = (
    *("barracuda", "proofpoint", "mimecast", "ciscosecureemail", "ironport"),
    *("fortimail", "messagelabs", "sophos", "trendmicro", "safelinks"),
)
# Whole user agents of fetchers that hide: Apple's mail privacy proxy, some link scanners.
BARE_AGENTS = frozenset({"Mozilla/5.0", "Mozilla/4.0", "Mozilla"})
BY_HAND = ("curl/", "Wget/", "python-requests/", "python-httpx/", "Go-http-client/", "okhttp/")

VENDOR_FLAG = "vendor_flag"
STATED = "stated_by_the_source"
NO_SIGN = Mark("human", "no_sign_of_a_machine")
PERSONS_PROXY = Mark("human", "proxy_of_a_person")


def judge(mark: Mark | None, user_agent: str | None, is_crawler: bool) -> Mark:
    """Return who acted and why we think so.

    ``user_agent`` is the one that did what the touch tells, not the one that reported it.
    ``is_crawler`` is what a list of known crawlers says about it.
    """
    if mark is not None:
        return mark
    agent = (user_agent or "").strip()
    if not agent:
        return NO_SIGN
    if any(proxy in agent for proxy in HUMAN_PROXIES):
        return PERSONS_PROXY
    if agent in BARE_AGENTS:
        return Mark("unsure", "bare_user_agent")
    if agent.endswith(PREFETCHERS):
        return Mark("machine", "prefetch_agent")
    folded = agent.casefold()
    if any(scanner in folded for scanner in SCANNERS):
        return Mark("machine", "link_scanner")
    if is_crawler:
        return Mark("machine", "known_crawler")
    if agent.startswith(BY_HAND):
        return Mark("machine", "http_library")
    return NO_SIGN
