"""Structured logs: one JSON object a line on standard output, without personal data.

Log lines name things by id. Values of leads never go into a line; as a second wall, e-mail
addresses, keys, passwords in URLs, signatures and the values a database repeats in its
errors are masked where they still get there.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog
from structlog.tracebacks import ExceptionDictTransformer

# What must not be read in a log, and what stands there instead. Every repetition is bounded
# or runs over one kind of character, so that no line, however long, takes long.
_WORD = r"[^\s@\"'<>:=,;()]"
MASKED = (
    (re.compile(rf"{_WORD}{{1,64}}@{_WORD}{{1,190}}\.{_WORD}{{1,63}}"), "[e-mail]"),
    (re.compile(r"\b(?:rlv|src|whsec|ans)_[A-Za-z0-9+/=_-]{8,}"), "[secret]"),
    (re.compile(r"\b(Bearer|Basic) +[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE), r"\1 [secret]"),
    (re.compile(r"(://[^\s/:@]{0,64}:)[^\s/@]{1,200}@"), r"\1[secret]@"),
    (re.compile(r"\bv1a?,[A-Za-z0-9+/=]{20,}"), "[signature]"),
    # PostgreSQL and its driver repeat the values of a row in their errors.
    (re.compile(r"\b(DETAIL|CONTEXT): .*?(?=\nHINT|\n\n|\Z)", re.DOTALL), r"\1: [values]"),
    (
        re.compile(r"(invalid input for query argument \$\d+): .*?(?=\n\[SQL|\n\n|\Z)", re.DOTALL),
        r"\1: [value]",
    ),
)


def mask(value: Any) -> Any:
    """Return ``value`` with e-mail addresses and secrets replaced, however deep they are."""
    if isinstance(value, str):
        for pattern, instead in MASKED:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, dict):
        return {mask(key): mask(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask(inner) for inner in value]
    return value


def _mask_line(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: mask(value) for key, value in line.items()}


def configure(level: str, style: Literal["json", "console"]) -> None:
    """Send our lines and those of the libraries through the same renderer."""
    exceptions = structlog.processors.ExceptionRenderer(
        # show_locals would write local variables, personal data included, into the log
        ExceptionDictTransformer(show_locals=False)
    )
    prepare: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render: list[Any] = (
        [exceptions, _mask_line, structlog.processors.JSONRenderer()]
        if style == "json"
        else [
            structlog.processors.format_exc_info,
            _mask_line,
            structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty()),
        ]
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=prepare,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiokafka", "kafka", "alembic", "httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*prepare, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
