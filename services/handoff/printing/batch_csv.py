"""A batch as a table people open in a spreadsheet."""

from typing import Any

from shared.spreadsheet import Cell

COLUMNS = (
    "lead_id",
    "name",
    "email",
    "title",
    "company",
    "gate",
    "tier",
    "engagement",
    "fit",
    "why now",
    "why not before",
    "state",
    "ticked by",
    "reason",
    "hand-off",
)


def as_cells(item: dict[str, Any]) -> list[Cell]:
    """Return an item as the cells of ``COLUMNS``."""
    return [
        item["lead_id"],
        item["name"],
        item["email"],
        item["title"],
        item["company"],
        item["gate"],
        item["tier"],
        item["engagement"],
        item["fit"],
        "; ".join(f"{one['kind']} {one['occurred_at']:%Y-%m-%d}" for one in item["deciding"]),
        why_not(item["why_not"]),
        item["state"],
        item["ticked_by"],
        item["reason"],
        item["handoff_id"],
    ]


def why_not(said: dict[str, Any]) -> str:
    """Return why the version before did not call the lead ready, in a few words."""
    if said["code"] == "excluded":
        return "excluded: " + ", ".join(one["name"] for one in said["excluded_by"])
    miss = said.get("near_miss")
    if said["code"] != "near_miss" or miss is None:
        return str(said["code"]).replace("_", " ")
    short = ", ".join(f"{one['kind']} {one['short']:g} short" for one in miss["shortfalls"])
    return f"near miss of {miss['gate']}: {short}"
