"""Who may call a route: each says which permission it needs, or that it is open to all."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from shared.access import SCOPES, Caller, KeyRing
from shared.problem import Problem


class Guard:
    """A dependency that makes a route ask for a permission."""

    __call__: Callable[..., Any]

    def __init__(self, scope: str):
        if scope not in SCOPES:
            raise ValueError(f"no such scope: {scope}")
        self.scope = scope


class Permit(Guard):
    """The dependency that makes a route ask for a permission, and hands it the caller.

    An unknown or missing key answers 401, a key without the permission 403.
    """

    def __init__(self, keys: KeyRing, scope: str):
        super().__init__(scope)
        self._keys = keys

    # A coroutine although it waits for nothing: FastAPI would send a function to a thread.
    async def __call__(
        self, authorization: Annotated[str | None, Header(include_in_schema=False)] = None
    ) -> Caller:
        kind, _, key = (authorization or "").partition(" ")
        caller = self._keys.find(key.strip()) if kind.lower() == "bearer" else None
        if caller is None:
            raise Problem(
                401,
                "unauthenticated",
                "send a valid API key: Authorization: Bearer rlv_…",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if not caller.may(self.scope):
            raise Problem(403, "not_allowed", f"this key lacks the scope {self.scope}")
        return caller


def permit(keys: KeyRing, scope: str) -> Any:
    """Return the dependency of routes that need ``scope``; it gives them the caller."""
    return Depends(Permit(keys, scope))


async def anybody() -> None:
    """Be the dependency of a route that everybody may call. Says so on purpose."""


def check_permissions(app: FastAPI) -> None:
    """Refuse an app with a route that says neither which permission it needs nor that it is open.

    Static files are open by their nature; anything else that is no API route is refused.
    """
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            if not _declares_permission(context.dependant):
                raise RuntimeError(f"{context.path} declares no permission")
        elif not (isinstance(route, Mount) and isinstance(route.app, StaticFiles)):
            raise RuntimeError(f"{context.path} is no API route: nothing checks who calls it")


def _declares_permission(dependant: Dependant) -> bool:
    return any(
        isinstance(inner.call, Guard) or inner.call is anybody or _declares_permission(inner)
        for inner in dependant.dependencies
    )
