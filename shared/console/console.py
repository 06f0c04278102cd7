"""The pages of one service, put together; each service that has some makes one of these.

Pages read and change through the same handlers as the API. Every route says which permission
it needs, as those of the API do; who lacks it gets a page that says so.
"""

from fastapi import Request, Response

from shared.console.formats import Formats
from shared.console.pages import Pages
from shared.console.refusals import Refusals
from shared.console.visitor import Doorkeeper, FindSession, NoteUse, SignedIn, Visitor
from shared.console.words import Words
from shared.db import Database
from shared.problem import Problem
from shared.settings import Settings


class Console:
    """What the pages of a service are made with, as long as the process lives.

    ``package`` holds its templates, ``words`` is all they say, ``find`` looks a session
    up. The service that keeps the sessions notes their use by ``note``.
    """

    def __init__(
        self,
        settings: Settings,
        db: Database,
        package: str,
        words: Words,
        find: FindSession,
        note: NoteUse | None = None,
    ):
        self.doorkeeper = Doorkeeper(settings, db, find, note)
        self.pages = Pages(settings, package, words, keeps_sessions=note is not None)
        self._refusals = Refusals(self.doorkeeper, self.pages)

    def signed_in(self, scope: str) -> SignedIn:
        """Return the dependency of pages for people whose roles allow ``scope``."""
        return SignedIn(self.doorkeeper, scope)

    def formats(self, visitor: Visitor) -> Formats:
        """Return how this visitor reads moments, numbers and texts."""
        return self.pages.formats(visitor)

    def refusal(self, request: Request, fault: Problem) -> Response | None:
        """Return a page that says why not; None where a program asked."""
        return self._refusals.answer(request, fault)
