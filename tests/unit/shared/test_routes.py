"""Routers put together keep their routes as they were made."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from shared.routes import gathered


def of(path: str) -> APIRouter:
    router = APIRouter(prefix=path)

    @router.get("")
    async def show() -> str:
        return path

    return router


def test_the_routes_of_all_keep_their_order():
    first, second = of("/first"), of("/second")

    assert gathered((first, second)).routes == [*first.routes, *second.routes]


def test_pages_are_left_out_of_the_description_however_they_were_made():
    routes = gathered((gathered((of("/inner"),)), of("/outer")), described=False).routes

    assert [one.include_in_schema for one in routes if isinstance(one, APIRoute)] == [False, False]
