-- A view of topics: meetings.current, meetings.alerts, meetings.verdicts, and what workers remember. It can be made again from them at any time.

-- How far each partition was read: written in the transaction of what was read.
CREATE TABLE offsets (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;

-- Which cluster the topics are of. One row.
CREATE TABLE origin (cluster TEXT NOT NULL) STRICT;

CREATE TABLE meetings (
    number INTEGER PRIMARY KEY,
    meeting_id TEXT NOT NULL UNIQUE,
    told TEXT NOT NULL,        -- when it was last told of, UTC; the newest come first
    revision INTEGER NOT NULL, -- of the alerts that it has caused
    watch TEXT NOT NULL,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    format TEXT NOT NULL,
    level TEXT NOT NULL,
    confidence REAL NOT NULL,
    people TEXT NOT NULL,      -- folded, as it is searched
    place TEXT NOT NULL,
    first TEXT,                -- possible day
    last TEXT,
    message TEXT NOT NULL      -- as it travels
) STRICT;
CREATE INDEX meetings_by_time ON meetings (told, number);

CREATE TABLE alerts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order of the topic
    alert_id TEXT NOT NULL UNIQUE,
    meeting_id TEXT NOT NULL,
    time TEXT NOT NULL,        -- of the article that caused it, UTC
    type TEXT NOT NULL,
    watch TEXT NOT NULL,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    format TEXT NOT NULL,
    level TEXT NOT NULL,
    confidence REAL NOT NULL,
    people TEXT NOT NULL,
    place TEXT NOT NULL,
    first TEXT,
    last TEXT,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_by_meeting ON alerts (meeting_id);
CREATE INDEX retractions ON alerts (meeting_id, number) WHERE type = 'retracted';

-- Meetings that were taken back, as workers remember them: with all that their own articles tell, and all that was ruled.
CREATE TABLE retracted (
    meeting_id TEXT PRIMARY KEY,
    message TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE verdicts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order of the topic
    verdict_id TEXT NOT NULL UNIQUE,
    meeting_id TEXT NOT NULL,
    same_as TEXT,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX verdicts_by_meeting ON verdicts (meeting_id);
CREATE INDEX verdicts_by_other ON verdicts (same_as) WHERE same_as IS NOT NULL;

-- Languages and hosts of the articles that tell of a meeting, or caused an alert; `own` is 0 for a host that theirs is below.
CREATE TABLE meeting_sources (
    number INTEGER NOT NULL REFERENCES meetings ON DELETE CASCADE,
    language TEXT NOT NULL,
    host TEXT NOT NULL,
    own INTEGER NOT NULL,
    PRIMARY KEY (number, language, host)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert_sources (
    number INTEGER NOT NULL REFERENCES alerts ON DELETE CASCADE,
    language TEXT NOT NULL,
    host TEXT NOT NULL,
    own INTEGER NOT NULL,
    PRIMARY KEY (number, language, host)
) STRICT, WITHOUT ROWID;

-- The rowid is the number of a meeting, or of a retraction, whose meeting is gone, below zero. Texts come folded, with a blank between words.
CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'");
