"""What is only asked: questions of journalists, who say what others write before they ask whether it is so."""
from __future__ import annotations

import re

from pipeline.detect.document import Document, Sentence

_QUESTION_MARKS = ("?", "？", "؟", ";")  # the last is the Greek one, with which no other sentence ends
_CLOSING = " \"”»’)"
_LABEL = re.compile(r"[^:：\n]{1,40}[:：]")  # who speaks
_NEAR = 2  # sentences from what is said to the question, and from there to the answer


def is_asked(document: Document, sentence: Sentence) -> bool:
    """Whether a journalist asks: a question that nobody affirms, or behind a label what stands before one: "AFP: It is said … Is it?"."""
    if _asks(document, sentence) and _refused(document, sentence):
        return True
    line = document.text.rfind("\n", 0, sentence.start) + 1
    if _LABEL.match(document.text, line, sentence.end) is None:
        return False
    near = document.sentences[sentence.number : sentence.number + 1 + _NEAR]
    return any(_asks(document, one) for one in near if "\n" not in document.text[sentence.start : one.start])


def _refused(document: Document, sentence: Sentence) -> bool:
    """Whether who is asked denies it, or says that nothing is settled."""
    behind = document.sentences[sentence.number + 1 : sentence.number + 1 + _NEAR]
    return any(one.of("cue.denied", "cue.unsettled") for one in behind)


def _asks(document: Document, sentence: Sentence) -> bool:
    return document.text[sentence.start : sentence.end].rstrip(_CLOSING).endswith(_QUESTION_MARKS)
