"""Amounts of deals: exact to the currency's smallest coin, in currencies that exist.

An amount is kept as a number of at most 15 digits, which every such decimal survives
unchanged, from the request to the event.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from babel.core import get_global
from babel.numbers import get_currency_precision
from pydantic import AfterValidator, Field

MOST_DIGITS = 15
MOST = 1e12
Amount = Annotated[float | None, Field(default=None, ge=0, le=MOST)]


@cache
def currencies() -> frozenset[str]:
    """Return the codes of ISO 4217 that are tender somewhere today."""
    by_territory: Mapping[str, Any] = get_global("territory_currencies")
    return frozenset(
        code
        for used in by_territory.values()
        for code, _since, until, is_tender in used
        if until is None and is_tender
    )


def known_currency(code: str | None) -> str | None:
    """Return a code of a currency in use, or None. Raises ``ValueError`` for another one."""
    if code is not None and code not in currencies():
        raise ValueError("no currency of ISO 4217 that is in use, such as EUR or USD")
    return code


Currency = Annotated[
    str | None, Field(default=None, pattern="^[A-Z]{3}$"), AfterValidator(known_currency)
]


def check_money(amount: float | None, currency: str | None) -> None:
    """Raise ``ValueError`` for an amount without a currency, or one that cannot be.

    That is below 0 or above ``MOST``, or finer than the currency's smallest coin.
    """
    if amount is None:
        if currency is not None:
            raise ValueError("a currency needs an amount")
        return
    if currency is None:
        raise ValueError("an amount needs its currency, such as EUR")
    if not 0 <= amount <= MOST:  # no number at all is neither
        raise ValueError(f"an amount is 0 to {MOST:,.0f}")
    exact = Decimal(repr(amount))
    places = get_currency_precision(currency)
    if exact != round(exact, places):
        raise ValueError(f"amounts in {currency} have at most {places} decimals")
    if len(exact.normalize().as_tuple().digits) > MOST_DIGITS:
        raise ValueError(f"an amount has at most {MOST_DIGITS} digits")
