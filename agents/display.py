"""What a person sees of an alert on a terminal: a card as it arrives, a table at the end. Colours carry nothing that words do not."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from agents.wording import how, plain, ruled, when, where, who, words
from schemas.meetings import Alert

TYPE_STYLE = {"new": "bold green", "updated": "bold yellow", "corroborated": "bold cyan", "retracted": "bold red"}


def stdout() -> Console:
    """For data: colours on a terminal only (rich: also none with NO_COLOR), words and numbers as they are."""
    return Console(highlight=False, markup=False, emoji=False)


def stderr() -> Console:
    """For messages and progress."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def show(*parts: RenderableType) -> None:
    """Print to standard output; without the blanks at the ends of lines where no terminal needs them."""
    console = stdout()
    if console.is_terminal:
        console.print(*parts, sep="\n")
        return
    with console.capture() as printed:
        console.print(*parts, sep="\n")
    console.file.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))
    console.file.flush()


def alert_card(alert: Alert) -> Table:
    """Everything that a person wants of one alert, about ten lines."""
    changed = f" ({', '.join(map(words, alert.changes))})" if alert.changes else ""
    head = Text(alert.type.upper(), TYPE_STYLE[alert.type])
    rows: list[tuple[RenderableType, RenderableType]] = [
        (head, Text(how(alert.facts) + changed, "bold")),
        *([("ruled", Text(ruled(alert.verdict)))] if alert.verdict else []),
        *(("" if number else "who", Text(who(person))) for number, person in enumerate(alert.facts.participants)),
        ("where", Text(where(alert.facts.place))),
        ("when", Text(when(alert.facts))),
        ("sources", Text(f"{alert.sources}, confidence {alert.confidence:.2f}")),
        (f"says ({plain(alert.article.language)})", Text(f"“{plain(alert.evidence.sentence)}”", "italic")),
        *_article(alert),
    ]
    return labelled(rows, width=12)


def labelled(rows: Iterable[tuple[RenderableType, RenderableType]], width: int) -> Table:
    """Label and value side by side; the labels take at least `width` columns."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True, min_width=width)
    grid.add_column(overflow="fold")
    for label, value in rows:
        grid.add_row(label, value)
    return grid


def alerts_table(alerts: Sequence[Alert]) -> Table:
    """One row for each alert, in the order given."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0, header_style="bold")
    table.add_column("#", justify="right")
    table.add_column("alert", no_wrap=True)
    table.add_column("status, mode", no_wrap=True)
    table.add_column("who", overflow="fold")
    table.add_column("where", max_width=13, overflow="fold")  # so that 80 columns leave room for a name
    table.add_column("when", max_width=11, overflow="fold")
    table.add_column("sources", justify="right", no_wrap=True)
    for number, alert in enumerate(alerts, 1):
        people = Text("\n".join(f"{plain(p.name or words(p.office or 'an official'))} ({p.side})" for p in alert.facts.participants))
        table.add_row(
            str(number),
            Text(alert.type, TYPE_STYLE[alert.type]),
            f"{words(alert.facts.status)}\n{words(alert.facts.mode)}",
            people,
            where(alert.facts.place),
            when(alert.facts),
            str(alert.sources),
        )
    return table


def _article(alert: Alert) -> list[tuple[str, Text]]:
    source = alert.article
    published = source.published_at and f"{source.published_at.astimezone():%Y-%m-%d %H:%M}"  # the reader's own time
    told = [plain(part) for part in (source.title, source.source, published) if part]
    lines = [Text(" · ".join(told))] if told else []
    if source.url:
        address = plain(source.url)
        lines.append(Text(address, Style(link=address) if address.startswith("http") else ""))
    lines = lines or [Text(f"{source.article_id} (no title, no address)", "dim")]
    return [("" if number else "article", line) for number, line in enumerate(lines)]
