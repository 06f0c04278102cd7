"""The API of vendors, ``/v1/vendors``: which tools there are, and how each is connected."""

from fastapi import APIRouter, Depends

from services.ingest.http.models import VendorShown, VendorsShown, WayShown
from services.ingest.vendors import VENDORS
from services.ingest.vendors.connecting import guide_to
from shared.access import KeyRing
from shared.web import Permit


def vendor_routes(keys: KeyRing) -> APIRouter:
    """Return the routes of vendors."""
    router = APIRouter(prefix="/v1", tags=["sources"])

    @router.get("/vendors", dependencies=[Depends(Permit(keys, "sources:read"))])
    async def list_vendors() -> VendorsShown:
        """List the tools that can be connected, and step by step how."""
        return VendorsShown(vendors=[_shown(name) for name in VENDORS])

    return router


def _shown(name: str) -> VendorShown:
    vendor = VENDORS[name]
    ways = [
        WayShown(
            **way.model_dump(),
            credential=vendor.credential(vendor.options_model.model_validate(way.options)),
        )
        for way in guide_to(name).ways
    ]
    return VendorShown(name=name, title=vendor.title, page=f"docs/sources/{name}.md", ways=ways)
