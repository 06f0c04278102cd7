"""The first run over HTTP: what is still to be set up, and a test lead that shows it works."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import Connection

from services.handoff.console.tools import Tools
from services.handoff.handlers import first_run
from services.handoff.handlers.people import add_person
from services.handoff.handlers.sign_in import make_link
from services.handoff.store import calendars
from services.handoff.store.people import Employee
from services.handoff.texts import tell
from services.handoff.unit_of_work import UnitOfWork
from shared.console.pages import go, is_partial
from shared.console.visitor import Member, SignedIn
from shared.contracts.directory import PersonalChannel, Role
from shared.fields import Email, Name
from shared.ids import new_id
from shared.problem import Problem

RUNS_IT = "operations:write"  # admins alone
WHERE = "/start"
MOST_CALENDARS = 5
ROLES: tuple[Role, ...] = get_args(Role)


class Colleague(BaseModel):
    """Somebody to be added."""

    name: Name
    email: Email
    role: Role


COLLEAGUE = TypeAdapter(Colleague)


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/start``."""
    routes = APIRouter(prefix=WHERE)
    Admin = Annotated[Member, Depends(SignedIn(tools.doorkeeper, RUNS_IT))]

    @routes.get("")
    async def show(member: Admin) -> Response:
        """Show every step, and which of them are done."""
        return await _show(tools, member)

    @routes.post("/team")
    async def add(member: Admin) -> Response:
        """Add a colleague and show their link, this once."""
        return await _add(tools, member)

    @routes.post("/skip/{step}")
    async def skip(member: Admin, step: str) -> Response:
        """Skip a step."""
        await tools.write(lambda uow: first_run.skip_step(uow, member.person_id, step))
        return go(WHERE)

    @routes.post("/take-up/{step}")
    async def take_up(member: Admin, step: str) -> Response:
        """Let a skipped step come back."""
        await tools.write(lambda uow: first_run.take_up_step(uow, step))
        return go(f"{WHERE}#{step}")

    @routes.post("/sample")
    async def send(member: Admin) -> Response:
        """Send a test lead on its way."""

        def work(uow: UnitOfWork) -> None:
            first_run.order_sample_lead(uow, member.person_id, member.language)

        await tools.take(member, work)
        return go(f"{WHERE}#test")

    @routes.get("/sample")
    async def follow(member: Admin) -> Response:
        """Show how far the test lead is: for the page's script, which asks each second."""
        if not is_partial(member):
            return go(f"{WHERE}#test")
        sample = await tools.read(first_run.latest_sample)
        return tools.pages.show(member, "start_sample.html", sample=sample)

    @routes.post("/sample/remove")
    async def remove(member: Admin) -> Response:
        """Erase every test lead."""

        def work(uow: UnitOfWork) -> None:
            first_run.remove_sample_leads(uow, member.person_id)

        await tools.take(member, work)
        return go(f"{WHERE}#test")

    return routes


async def _add(tools: Tools, member: Member) -> Response:
    form = {name: member.form.get(name, "") for name in ("name", "email", "role")}
    try:
        colleague = COLLEAGUE.validate_python(form)
    except ValidationError as error:
        wrong = {str(fault["loc"][0]): f"start_wrong_{fault['loc'][0]}" for fault in error.errors()}
        return await _show(tools, member, 422, form=form, wrong=wrong)
    links: list[str] = []

    def work(uow: UnitOfWork) -> None:
        links.clear()  # a deadlock runs it again
        one = add_person(uow, member.caller, _employee(uow, colleague))
        if uow.parts.settings.password_sign_in:
            links.append(make_link(uow, member.caller, one.person_id)[0])

    try:
        await tools.take(member, work)
    except Problem as fault:
        if fault.code != "email_taken":
            raise
        wrong = {"email": "start_wrong_taken"}
        return await _show(tools, member, 409, form=form, wrong=wrong)
    url = tools.parts.settings.public_url
    link = f"{url}/welcome/{links[0]}" if links else ""
    return await _show(tools, member, added=colleague.name, link=link)


def _employee(uow: UnitOfWork, colleague: Colleague) -> Employee:
    settings = uow.parts.settings
    return Employee(
        person_id=new_id(),
        revision=0,
        name=colleague.name,
        email=colleague.email,
        roles=[colleague.role],
        language=settings.language,
        zone=settings.zone,
        channels=[PersonalChannel(channel="email"), PersonalChannel(channel="inbox")],
        active=True,
    )


async def _show(tools: Tools, member: Member, status: int = 200, **more: Any) -> Response:
    settings, shelf = tools.parts.settings, tools.parts.shelf

    def work(conn: Connection) -> dict[str, Any]:
        running = shelf.in_force(conn)
        return {
            "progress": first_run.progress(conn, settings, shelf),
            "sample": first_run.latest_sample(conn),
            "calendars": [each.title for each in calendars.page(conn, None, MOST_CALENDARS)[0]],
            "policies": [(each.agreement, tell(each.version, member.language)) for each in running],
        }

    found = await tools.read(work)
    given = {"form": {}, "wrong": {}, "added": "", "link": ""} | more
    return tools.pages.show(
        member,
        "start.html",
        status,
        steps=first_run.STEPS,
        settings=settings,
        roles=ROLES,
        **found,
        **given,
    )
