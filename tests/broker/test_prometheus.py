"""A real Prometheus, where it is installed, scrapes a service under load, and every query of the rules and of the dashboard is answered."""
from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import yaml

from agents.cluster import Cluster
from agents.embedded import HOST, EmbeddedBroker, free_port
from tests.broker.articles import seeds, talks
from tests.broker.own_process import ended
from tests.broker.stream import Stream
from tests.sight.test_dashboard import QUERIES
from tests.sight.test_rules import ALERTS, RULES
from tests.sight.tools import installed

WITHIN = 60.0  # seconds
MEETINGS = 40


@asynccontextmanager
async def running(*command: str, environment: dict[str, str]) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | environment, stdout=DEVNULL, stderr=PIPE)
    async with ended(process):
        yield process


@asynccontextmanager
async def service(cluster: Cluster, folder: Path) -> AsyncIterator[str]:
    """`dyadwatch up`; the address of its metrics."""
    environment = {"KAFKA_BOOTSTRAP": str(cluster), "DATA_DIR": str(folder), "METRICS_PORT": "0", "WEB_PORT": "0"}
    command = (sys.executable, "-c", "from agents.cli import main; main()", "up")
    async with running(*command, environment={f"DYADWATCH_{name}": value for name, value in environment.items()}) as process:
        assert process.stderr
        told = (await process.stderr.readline()).decode()
        async with asyncio.timeout(WITHIN):
            while b"the page: " not in await process.stderr.readline():
                pass
        yield told.removeprefix("metrics: http://").removesuffix("/metrics\n")


@asynccontextmanager
async def prometheus(program: str, target: str, folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """It scrapes `target` each second; who asks it."""
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES)],
        "scrape_configs": [{"job_name": "dyadwatch", "static_configs": [{"targets": [target]}]}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    options = (f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address={HOST}:{port}")
    address = f"http://{HOST}:{port}"
    async with running(program, *options, environment={}), httpx2.AsyncClient(base_url=f"{address}/api/v1", timeout=WITHIN) as client:
        await ready(client, f"{address}/-/ready")
        yield client


async def ready(client: httpx2.AsyncClient, address: str) -> None:
    """Return when it is: before that it hears nothing, or answers no JSON."""
    async with asyncio.timeout(WITHIN):
        while True:
            with suppress(httpx2.TransportError):
                if (await client.get(address)).is_success:
                    return
            await asyncio.sleep(0.2)


async def asked(client: httpx2.AsyncClient, path: str, **parameters: str) -> Any:
    answer = (await client.get(path, params=parameters)).json()
    assert answer["status"] == "success", (parameters, answer)
    return answer["data"]


async def until_there_is(client: httpx2.AsyncClient, query: str) -> float:
    """The value of the first sample, once there is one."""
    async with asyncio.timeout(WITHIN):
        while not (found := (await asked(client, "/query", query=query))["result"]):
            await asyncio.sleep(0.2)
    return float(found[0]["value"][1])


async def test_prometheus_reads_what_a_service_under_load_tells_and_answers_every_query(tmp_path: Path) -> None:
    program = installed("prometheus")
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(EmbeddedBroker())
        address = await stack.enter_async_context(service(broker.cluster, tmp_path / "state"))
        client = await stack.enter_async_context(prometheus(program, address, tmp_path))
        async with Stream(broker.cluster) as stream:
            await until_there_is(client, 'up{job="dyadwatch"} == 1')
            await stream.send(seeds())
            for number in range(MEETINGS):
                await stream.send(talks(number))
            await stream.through()
            alerts = len(await stream.alerts())
            assert await until_there_is(client, f"sum(dyadwatch_alerts_total) == {alerts}") == alerts
            assert await until_there_is(client, 'histogram_quantile(0.5, sum by (le) (dyadwatch_fetch_to_alert_seconds_bucket))') > 0
            for _, target in QUERIES:
                await asked(client, "/query", query=target["expr"])
            groups = (await asked(client, "/rules"))["groups"]
            rules = {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}
            assert rules == dict.fromkeys(ALERTS, "ok"), json.dumps(groups)
            firing = {alert["labels"]["alertname"] for alert in (await asked(client, "/alerts"))["alerts"] if alert["state"] == "firing"}
            assert firing == set()
