"""What can be wrong with this machine and what stands on it."""
from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

import httpx2
from rich.filesize import decimal

from agents.cli.checks.check import Check
from agents.extraction import Extraction
from agents.settings import Settings
from pipeline.lexicon.load import load_lexicon
from schemas.errors import ArticleError, LexiconError, SettingsError

TOO_LITTLE = 200 * 2**20  # bytes; a table's write buffers and logs are more
LITTLE = 2 * 2**30  # bytes
ANSWERS_WITHIN = 2.0  # seconds
STARTS_WITHIN = 30.0  # seconds; a process takes two on an idle machine, whatever its deadline for an article


def check_lexicon(settings: Settings) -> Check:
    """Does it load?"""
    try:
        lexicon = load_lexicon(folders=settings.watches)
    except LexiconError as error:
        return Check("lexicon", False, str(error), "correct the file at that line")
    return Check("lexicon", True, f"languages {' '.join(sorted(lexicon.languages))}; watches {' '.join(sorted(lexicon.watches))}")


def check_folder(folder: Path) -> Check:
    """Can the tables' copies be written to `folder`, or can it be made?"""
    existing = _existing(folder)
    try:
        if existing != folder and not os.access(existing, os.W_OK | os.X_OK):
            raise PermissionError(f"cannot be made in {existing}")
        if existing == folder:
            tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        remedy = "make it writable, or set DYADWATCH_DATA_DIR to a folder that is"
        return Check("folder", False, f"{folder}: {error.strerror or error}", remedy)
    return Check("folder", True, f"{folder} {'can be written' if existing == folder else 'will be made at the first start'}")


def check_disk(folder: Path) -> Check:
    """Is there room where `folder` is or will be?"""
    try:
        usage = shutil.disk_usage(_existing(folder))
    except OSError as error:
        return Check("disk", False, f"{folder}: {error.strerror or error}", "set DYADWATCH_DATA_DIR to a folder on a disk that can be read")
    told = f"{decimal(usage.free)} of {decimal(usage.total)} are free at {folder}"
    scarce = "make room there, or set DYADWATCH_DATA_DIR to a folder on another disk: what is in it is made again from the topics"
    return Check("disk", usage.free >= TOO_LITTLE, told, scarce if usage.free < LITTLE else None)


def check_outlets(settings: Settings) -> Check | None:
    """Is the file of targets right? None where there is none."""
    if settings.outlets is None:
        return None
    from agents.outlets.notify.outlets import outlets_of  # with the libraries of all services

    try:
        outlets = outlets_of(settings)
    except SettingsError as error:
        return Check("outlets", False, str(error), "correct the file there")
    return Check("outlets", True, "; ".join(f"{outlet.target.id}: {outlet.described}" for outlet in outlets))


async def check_extraction(settings: Settings) -> Check:
    """Does a process for reading pages start and answer?"""
    extraction = Extraction(1, settings.extraction_deadline, settings.watches)
    try:
        async with asyncio.timeout(STARTS_WITHIN), extraction:
            return Check("extraction", True, "a process starts and answers")
    except LexiconError:
        return Check("extraction", False, "no process starts with this lexicon", "correct the lexicon")
    except (TimeoutError, ArticleError) as error:
        told = str(error) or f"no answer within {STARTS_WITHIN:g} s"
        return Check("extraction", False, told, "look at what else this machine does, at memory and at the number of processes allowed")


async def check_service(settings: Settings) -> Check | None:
    """Does the service here get on, and can it do its work? None where it was not told to say so."""
    if not settings.metrics_port:
        return None
    host = settings.metrics_host if settings.metrics_host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104  # which is any
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.metrics_port}"
    async with httpx2.AsyncClient(base_url=address, timeout=ANSWERS_WITHIN, trust_env=False) as client:
        try:
            live, ready = await client.get("/live"), await client.get("/ready")
        except httpx2.TimeoutException:
            return Check("service", False, f"it hangs: no answer at {address}", "end the process; its supervisor starts it afresh")
        except httpx2.TransportError:
            return Check("service", True, f"nothing answers at {address}", "start it: `dyadwatch up`, unless it runs on another machine")
    if live.status_code != httpx2.codes.OK:
        return Check("service", False, f"it does not get on: {_on_one_line(live.text)}", "start it afresh: nothing is lost")
    if ready.status_code != httpx2.codes.OK:
        return Check("service", True, f"it cannot do its work: {_on_one_line(ready.text)}", "wait a minute; else its log says more")
    return Check("service", True, "it gets on, and has what it needs")


def _existing(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    return next(parent for parent in (folder, *folder.parents) if parent.exists())


def _on_one_line(text: str) -> str:
    return "; ".join(text.splitlines())
