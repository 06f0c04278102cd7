"""The company a lead's own facts name, as an expression both databases can index."""

from typing import Any

from sqlalchemy import Column, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class account_domain_of(FunctionElement[str]):  # noqa: N801 - reads as a function in a query
    """The domain in a lead's ``facts``, ``{"account.domain": [domain, moment, source]}``."""

    inherit_cache = True
    type = Text()

    def __init__(self, facts: Column[Any]):
        super().__init__(facts)


@compiles(account_domain_of, "postgresql")
def _of_jsonb(element: account_domain_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"(({compiler.process(element.clauses, **options)} -> 'account.domain') ->> 0)"


@compiles(account_domain_of, "sqlite")
def _of_json_text(element: account_domain_of, compiler: SQLCompiler, **options: Any) -> str:
    return (
        f"json_extract({compiler.process(element.clauses, **options)}, '$.\"account.domain\"[0]')"
    )


class told_domain_of(FunctionElement[str]):  # noqa: N801 - reads as a function in a query
    """The company in the ``detail`` of a row of history, where that says what was known."""

    inherit_cache = True
    type = Text()

    def __init__(self, detail: Column[Any]):
        super().__init__(detail)


@compiles(told_domain_of, "postgresql")
def _told_in_jsonb(element: told_domain_of, compiler: SQLCompiler, **options: Any) -> str:
    detail = compiler.process(element.clauses, **options)
    return f"(({detail} -> 'lead' -> 'account.domain') ->> 0)"


@compiles(told_domain_of, "sqlite")
def _told_in_json_text(element: told_domain_of, compiler: SQLCompiler, **options: Any) -> str:
    detail = compiler.process(element.clauses, **options)
    return f"json_extract({detail}, '$.lead.\"account.domain\"[0]')"
