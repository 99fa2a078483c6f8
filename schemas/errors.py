"""What can go wrong, as a tree; each message names the thing and what to do about it."""
from __future__ import annotations

from datetime import datetime


class DyadwatchError(Exception):
    """Base of every error that is ours.

    DyadwatchError
     ├── ArticleError          one article cannot be processed: to the dead letters, the stream goes on
     │    ├── Undecodable      its bytes are not the message that the topic carries
     │    ├── Unreadable       it holds no text that could be read
     │    └── DeadlineExceeded its extraction took too long
     ├── FeedError             one poll of a feed failed: counted, shown by `feeds list`, and tried again later
     │    ├── UnsafeFeed       an address, a size or a trick that we refuse
     │    │    └── TooLarge    the answer has more bytes than we take
     │    ├── FetchFailed      no answer: connection, TLS, deadline
     │    │    └── TimedOut    no whole answer within the deadline
     │    └── NoFeed           what came is no feed
     ├── VerdictError          a verdict on no meeting that is known, or that cannot be: refused, or a dead letter
     ├── DeadLetterError       a dead letter that does not exist or cannot be re-driven
     ├── BackupError           a backup cannot be written, is not whole, or cannot be restored there: refused before anything is changed
     ├── InputError            a file or line given to `replay` or `observe` is no article
     ├── SettingsError         a setting is wrong: refused at start
     │    ├── LexiconError     a lexicon file is wrong: refused at start, with file and line
     │    └── FeedListError    a list of feeds is wrong, with line
     ├── OutletError           what an alert was given to did not take it
     │    └── NotTaken         a target of notifications: tried again later, as it asks
     ├── WorkerError           a worker cannot go on as it is, and ends: its supervisor starts it afresh
     └── BrokerError           the broker cannot be reached or refuses
          └── AccessRefused    it does not let us in, or we do not trust it: a setting or a certificate is wrong
    """


class ArticleError(DyadwatchError):
    """One article cannot be processed."""


class Undecodable(ArticleError):
    """The bytes are not the message that the topic carries."""


class Unreadable(ArticleError):
    """The article holds no text that could be read."""


class DeadlineExceeded(ArticleError):
    """The article's extraction took longer than the deadline."""


class FeedError(DyadwatchError):
    """One poll of a feed failed."""


class UnsafeFeed(FeedError):
    """An address, a size or a trick that we refuse."""


class TooLarge(UnsafeFeed):
    """The answer has more bytes than we take."""


class FetchFailed(FeedError):
    """No answer: connection, TLS or deadline."""


class TimedOut(FetchFailed):
    """No whole answer within the deadline."""


class NoFeed(FeedError):
    """What came is no feed."""


class DeadLetterError(DyadwatchError):
    """The dead letter that is asked for does not exist, or cannot be re-driven."""


class VerdictError(DyadwatchError):
    """A verdict is on no meeting that is known, or says what cannot be."""


class BackupError(DyadwatchError):
    """A backup cannot be written, is not whole, or cannot be restored where it is wanted."""


class InputError(DyadwatchError):
    """A file or line given to `replay` or `observe` is no article."""


class SettingsError(DyadwatchError):
    """A setting is wrong."""


class LexiconError(SettingsError):
    """A lexicon file is wrong; the message starts with file and line."""


class FeedListError(SettingsError):
    """A list of feeds is wrong; the message starts with the line."""


class BrokerError(DyadwatchError):
    """The broker cannot be reached, or refuses what was asked."""


class AccessRefused(BrokerError):
    """The broker does not let us in, or we do not trust it; the message names the setting to look at."""


class OutletError(DyadwatchError):
    """What an alert was given to did not take it."""


class NotTaken(OutletError):
    """A target of notifications did not take what it was given."""

    def __init__(self, reason: str, *, not_before: datetime | None = None, gone: bool = False) -> None:
        """`not_before`: when it wants to be asked again, where it says so. `gone`: it says that it never wants to be."""
        super().__init__(reason)
        self.not_before = not_before
        self.gone = gone


class WorkerError(DyadwatchError):
    """A worker cannot go on as it is; started afresh it can."""
