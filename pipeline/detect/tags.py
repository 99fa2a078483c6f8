"""Kinds of tags, as the detector groups them."""
from __future__ import annotations

from pipeline.lexicon.language import CONTACTS
from pipeline.lexicon.matcher import Tag


def is_contact(tag: Tag) -> bool:
    """Whether the tag is a word of contact: meeting, reception, visit, talk, call, press conference, summit; or says "by video"."""
    return tag.kind.partition(".")[0] in CONTACTS or tag.kind in ("cue.phone", "cue.video")
