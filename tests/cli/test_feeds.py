"""`dyadwatch feeds` where no broker is needed, and how each of its commands ends where there is none."""
from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner, Result

from agents.cli.app import app
from agents.cli.exits import Exit

NOBODY_LISTENS = "127.0.0.1:1"
FEED = b"<rss version='2.0'><channel><title>News</title><item><title>Talks</title><link>https://a.example/1</link></item></channel></rss>"


class Site(BaseHTTPRequestHandler):
    """One feed, one page, nothing else."""

    def do_GET(self) -> None:
        body = {"/feed": FEED, "/page": b"<html>News</html>"}.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("DYADWATCH_FEEDS_NETWORKS", '["127.0.0.0/8"]')
    monkeypatch.setenv("DYADWATCH_FEEDS_SPACING", "0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings of whoever runs the tests do not count."""
    monkeypatch.delenv("DYADWATCH_KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.setenv("DYADWATCH_DATA_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "80")


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["feeds", *map(str, arguments)], input=stdin)


def opml(path: Path, *addresses: str) -> Path:
    outlines = "".join(f"<outline text='x' xmlUrl='{address}'/>" for address in addresses)
    path.write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    return path


def test_feeds_are_checked_without_a_broker_and_one_line_tells_of_each(site: str) -> None:
    result = run("check", f"{site}/feed", f"{site}/page", f"{site}/gone")
    assert result.exit_code == Exit.FAILED
    assert sorted(result.stdout.splitlines()) == [
        f"failed {site}/gone: the server answered 404",
        f"failed {site}/page: this is a web page and no feed: `dyadwatch feeds add` with its address finds the feed of a site",
        f"ok     {site}/feed: rss20, entries: 1, with a date: 0",
    ]
    assert result.stderr == ""


def test_feeds_that_can_all_be_read_are_a_success(site: str) -> None:
    assert run("check", f"{site}/feed").exit_code == Exit.OK


def test_checked_as_json_a_feed_is_an_object(site: str) -> None:
    result = run("check", "--json", f"{site}/feed", f"{site}/gone")
    found = {one["url"]: one for one in map(json.loads, result.stdout.splitlines())}
    assert found[f"{site}/feed"] == {
        "url": f"{site}/feed", "error": None, "format": "rss20", "title": "News", "entries": 1, "dated": 0,
    }  # fmt: skip
    assert found[f"{site}/gone"]["error"] == "the server answered 404"
    assert result.exit_code == Exit.FAILED


def test_the_feeds_of_a_list_are_checked(site: str, tmp_path: Path) -> None:
    path = opml(tmp_path / "a.opml", f"{site}/feed", f"{site}/gone")
    for result in (run("check", "--json", path), run("check", "--json", "-", stdin=path.read_text())):
        assert {json.loads(line)["url"] for line in result.stdout.splitlines()} == {f"{site}/feed", f"{site}/gone"}


def test_an_address_outside_the_public_web_is_refused_and_said_how_to_allow_it() -> None:
    result = run("check", "http://127.0.0.1:8080/feed")
    assert result.exit_code == Exit.FAILED
    assert "127.0.0.1, which is no public address; allow its network in the settings if it is yours" in result.stdout


@pytest.mark.parametrize("command", ["import", "check"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1: this is no XML: Document is empty"),
        ("<rss/>", "line 1: this is no OPML: it begins with <rss>; export one from a feed reader"),
        ("<opml>\n<body>\n<outline xmlUrl='a.example/feed'/></body></opml>", "line 3: 'a.example/feed' cannot be polled: only addresses"),
        ("<opml><body><outline text='x'/></body></opml>", "there is no feed in it"),
    ],
    ids=["empty", "a feed", "a wrong address", "no feeds"],
)
def test_a_wrong_list_is_named_with_its_line(command: str, content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "a.opml"
    path.write_text(content)
    result = run(command, path)
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"dyadwatch: {path}: {told}")


def test_a_list_that_is_missing_is_named(tmp_path: Path) -> None:
    result = run("import", tmp_path / "gone.opml")
    assert (result.exit_code, result.stderr) == (Exit.USAGE, f"dyadwatch: {tmp_path / 'gone.opml'}: No such file or directory\n")


def test_a_folder_is_no_list(tmp_path: Path) -> None:
    assert f"dyadwatch: {tmp_path}: Is a directory" in run("import", tmp_path).stderr


def test_what_is_neither_file_nor_address_is_told() -> None:
    result = run("check", "news.example")
    assert result.exit_code == Exit.USAGE
    assert result.stderr == "dyadwatch: news.example: no such file; addresses begin with https:// or http://\n"


COMMANDS = [["list"], ["list", "--json"], ["add", "a.example"], ["remove", "a.example"], ["import", "{list}"], ["export"], ["check"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_a_broker_set_one_is_told_how(command: list[str], tmp_path: Path) -> None:
    path = opml(tmp_path / "a.opml", "https://a.example/feed")
    result = run(*(part.format(list=path) for part in command))
    assert result.exit_code == Exit.USAGE
    assert "DYADWATCH_KAFKA_BOOTSTRAP is not set" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_broker_that_does_not_answer_is_named(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    path = opml(tmp_path / "a.opml", "https://a.example/feed")
    result = run(*(part.format(list=path) for part in command))
    assert result.exit_code == Exit.NO_BROKER
    assert NOBODY_LISTENS in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["add"], id="no address"),
        pytest.param(["add", "https://a.example/", "--interval", "59"], id="an interval below a minute"),
        pytest.param(["remove"], id="nothing to remove"),
        pytest.param(["import"], id="no file"),
        pytest.param(["export", "x"], id="a file to export to"),
        pytest.param(["dance"], id="no such command"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == Exit.USAGE
