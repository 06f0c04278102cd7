"""Many routers made one."""

from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.routing import APIRoute


def gathered(routers: Iterable[APIRouter], described: bool = True) -> APIRouter:
    """Return one router with the routes of all, in their order.

    With ``described`` false none of them is in the description of the API. FastAPI's own
    ``include_router`` would read every signature again at each level, which takes most of a
    start, and look for the route of a request twice.
    """
    routes = [route for router in routers for route in router.routes]
    if not described:
        for route in routes:
            if isinstance(route, APIRoute):
                route.include_in_schema = False
    return APIRouter(routes=routes)
