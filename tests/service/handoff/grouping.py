"""A world whose policy asks about several people of an account, in short words."""

import pytest

from tests.service.handoff.agreements import ACCOUNTS, end_first_policy, put_in_force

GUIDE, WEBINAR = "content.downloaded", "webinar.attended"


@pytest.fixture
async def world(world):
    """A world whose one policy asks about several people of an account."""
    await end_first_policy(world)
    await put_in_force(world, ACCOUNTS)
    return world


def touch(world, name, kind=GUIDE, **options):
    lead = {"name": name.title(), "title": f"Head of {name}"} | options.pop("lead", {})
    return world.touch(f"{name}@acme.com", kind, lead=lead, **options)


async def complete(world, *names):
    for name in names or ("ana", "ben", "eva"):
        await world.take(touch(world, name))
