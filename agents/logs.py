"""Logs on standard error, ours and those of the libraries in one form."""
from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import Processor

from agents.settings import LogFormat, LogLevel

# They tell at `info` each heartbeat and each partition, and at `error` every attempt to reach a broker, which we tell once ourselves.
_TALKATIVE = ("aiokafka", "faust", "mode", "asyncio", "uvicorn", "charset_normalizer", "trafilatura", "htmldate")


def configure(level: LogLevel, form: LogFormat) -> None:
    """Log from `level` on, and libraries from one level above it. Calling it again changes both."""
    own = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if form is LogFormat.JSON else structlog.processors.StackInfoRenderer(),
    ]
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(own)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(own if level is LogLevel.DEBUG else own + 10)
    # It tells every request at `debug`, and a user's password is in one of them.
    logging.getLogger("aiokafka.conn").setLevel(max(own + 10, logging.INFO))
