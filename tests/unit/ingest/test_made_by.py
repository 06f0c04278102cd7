import pytest

from services.ingest.domain.incoming import Mark
from services.ingest.domain.made_by import judge
from services.ingest.handlers.seeing import is_crawler

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


@pytest.mark.parametrize(
    ("mark", "agent", "expected"),
    [
        pytest.param(
            Mark("machine", "m"), FIREFOX, Mark("machine", "m"), id="the vendor knows best"
        ),
        pytest.param(Mark("human", "h"), "curl/8", Mark("human", "h"), id="also of humans"),
        pytest.param(None, FIREFOX, Mark("human", "no_sign_of_a_machine"), id="a browser"),
        pytest.param(None, None, Mark("human", "no_sign_of_a_machine"), id="nothing known"),
        pytest.param(
            None, GMAIL, Mark("human", "proxy_of_a_person"), id="Gmail fetches for a person"
        ),
        pytest.param(None, "Mozilla/5.0", Mark("unsure", "bare_user_agent"), id="Apple's proxy"),
        pytest.param(None, "Googlebot/2.1", Mark("machine", "known_crawler"), id="a crawler"),
        pytest.param(None, "python-httpx/0.28", Mark("machine", "known_crawler"), id="a program"),
    ],
)
def test_who_acted_is_judged_with_a_reason(mark, agent, expected):
    assert judge(mark, agent, is_crawler(agent or "")) == expected


def test_programs_are_machines_whatever_the_list_of_crawlers_says():
    assert judge(None, "curl/8.5.0", is_crawler=False) == Mark("machine", "http_library")
