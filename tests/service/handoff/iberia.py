"""The calendar of a team in Spain: broken days, holidays, days of its own."""

import pytest

IBERIA = {
    "name": "iberia",
    "title": "Team Iberia",
    "zone": "Europe/Madrid",
    "week": {"mon-thu": ["16:00-19:00", "9:00-14:00"], "fri": ["08:00-15:00"]},
    "holidays": {"country": "ES", "region": "MD"},
    "days": {
        "12-24": {"title": {"es": "Nochebuena", "en": "Christmas Eve"}, "hours": ["09:00-13:00"]},
        "2027-03-19": {"title": "San José"},
    },
}


@pytest.fixture
async def iberia(api):
    answer = await api.post("/v1/calendars", IBERIA)
    assert answer.status_code == 201, answer.text
    return answer
