"""Kinds of tags, as the detector groups them."""
from __future__ import annotations

from pipeline.lexicon.language_file import CONTACTS, Contact
from pipeline.lexicon.matcher import Tag

_CONTACTS = frozenset({f"{kind}.{tense}" for kind in CONTACTS for tense in Contact.model_fields} | {"cue.phone", "cue.video"})


def is_contact(tag: Tag) -> bool:
    """Whether the tag is a word of contact: meeting, reception, visit, talk, call, press conference, summit; or says "by video"."""
    return tag.kind in _CONTACTS
