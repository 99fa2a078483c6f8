"""What a person sees of an alert on a terminal: a card as it arrives, a table at the end. Colours carry nothing that words do not."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale
from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from schemas.meetings import Alert, DateRange, Facts, Mode, Participant, Place

TYPE_STYLE = {"new": "bold green", "updated": "bold yellow", "corroborated": "bold cyan"}
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # Persian and Indic scripts are written with them
_MONTHS = "January February March April May June July August September October November December".split()


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


def plain(text: str) -> str:
    """`text` on one line, without characters that steer a terminal: what comes from the web must not.

    Control and format characters go, such as escape sequences and changes of writing direction; letters of every script stay.
    """
    return " ".join(harmless(text).split())


def harmless(text: str) -> str:
    """As `plain`, with a blank for each character that goes: of the same length."""
    return "".join(c if c.isprintable() or c in JOINERS else " " for c in text)


def words(term: str) -> str:
    """A term of a schema in running text: `in_person` is in person."""
    return plain(term).replace("_", " ")


def local(moment: datetime | None) -> str:
    """Day and minute in the reader's own time; empty for None."""
    return f"{moment.astimezone():%d %b %H:%M}" if moment else ""


def who(person: Participant) -> str:
    """Name, office or both, with the country."""
    name = plain(person.name or words(person.office or "an official"))
    told = [words(person.office), country(person.side)] if person.name and person.office else [country(person.side)]
    return f"{name} ({', '.join(told)})"


def where(place: Place | None) -> str:
    """City and country as far as known."""
    known = [place.city and plain(place.city), place.country and country(place.country)] if place else []
    return ", ".join(filter(None, known)) or "not told"


@cache
def country(code: str) -> str:
    """The English name of a country; the code itself where it has none."""
    return str(Locale("en").territories.get(code, plain(code)))


def when(facts: Facts) -> str:
    """A day, a month, a year or a span; a yearless date says that its year is unknown."""
    if facts.date:
        return _span(facts.date) + ("" if facts.date.told else ", by the date of the report")
    if facts.yearless:
        month, _, day = facts.yearless.removeprefix("--").partition("-")
        return f"{f'{int(day)} ' if day else ''}{_MONTHS[int(month) - 1]}, year not told"
    return "not told"


def how(facts: Facts) -> str:
    """Status, mode, format and level in a few words."""
    mode = "mode not told" if facts.mode is Mode.UNKNOWN else words(facts.mode)
    return f"{words(facts.status)} · {mode} · {words(facts.format)} · level: {words(facts.level)}"


def alert_card(alert: Alert) -> Table:
    """Everything that a person wants of one alert, about ten lines."""
    changed = f" ({', '.join(map(words, alert.changes))})" if alert.changes else ""
    head = Text(alert.type.upper(), TYPE_STYLE[alert.type])
    rows: list[tuple[RenderableType, RenderableType]] = [
        (head, Text(how(alert.facts) + changed, "bold")),
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
    told = [plain(part) for part in (source.title, source.source, source.published_at and f"{source.published_at:%Y-%m-%d}") if part]
    lines = [Text(" · ".join(told))] if told else []
    if source.url:
        address = plain(source.url)
        lines.append(Text(address, Style(link=address) if address.startswith("http") else ""))
    lines = lines or [Text(f"{source.article_id} (no title, no address)", "dim")]
    return [("" if number else "article", line) for number, line in enumerate(lines)]


def _span(span: DateRange) -> str:
    start, end = span.start, span.end
    after = _next_day(end)
    if start == end:
        return start.isoformat()
    if (start.month, start.day) == (1, 1) and after == date(start.year + 1, 1, 1):
        return str(start.year)
    if start.day == 1 and after.day == 1 and (start.year, start.month) == (end.year, end.month):
        return f"{_MONTHS[start.month - 1]} {start.year}"
    return f"{start} to {end}"


def _next_day(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day
