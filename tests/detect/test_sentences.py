"""Sentences end where a reader of the script says they do."""
from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.sentences import sentences


@pytest.mark.parametrize(
    ("script", "text", "expected"),
    [
        ("latin", "They met. They talked! Did they?", ["They met.", "They talked!", "Did they?"]),
        ("abbreviation", "The U.S. side left. Η Ν. Κορέα έμεινε.", ["The U.S. side left.", "Η Ν. Κορέα έμεινε."]),
        ("ordinal", "Am 14. Juli traf er ihn. Danach flog er ab.", ["Am 14. Juli traf er ihn.", "Danach flog er ab."]),
        ("lower case goes on", "Gen. i.e. a general spoke.", ["Gen. i.e. a general spoke."]),
        ("chinese", "王毅会见了拉夫罗夫。双方交换意见！“很好。”他说。", ["王毅会见了拉夫罗夫。", "双方交换意见！", "“很好。”", "他说。"]),
        ("closing quotes", "He said “no.” She left.", ["He said “no.”", "She left."]),
        ("hindi", "वे मिले। बात की।", ["वे मिले।", "बात की।"]),
        ("a Chinese name", "He met Wang Yi. Lavrov left.", ["He met Wang Yi.", "Lavrov left."]),
        ("a Chinese name of one letter", "Её принял Ван И. Лавров уехал.", ["Её принял Ван И.", "Лавров уехал."]),
        ("an initial", "Then S. Lavrov spoke.", ["Then S. Lavrov spoke."]),
        ("no stop at the end", "  one line  ", ["one line"]),
        ("glued together", "They talked.Then they left.", ["They talked.", "Then they left."]),
        ("glued together in Korean", "회담했다.왕 부장은 떠났다.", ["회담했다.", "왕 부장은 떠났다."]),
        ("glued together in Persian", "دیدار کرد.او رفت.", ["دیدار کرد.", "او رفت."]),
        ("the name of a site", "Gazeta.Ru wrote so. Really.", ["Gazeta.Ru wrote so.", "Really."]),
        ("a Vietnamese weekday", "Họ gặp nhau hôm thứ Ba. Ông Lavrov về.", ["Họ gặp nhau hôm thứ Ba.", "Ông Lavrov về."]),
        ("a Greek question", "Θα έρθει; Δεν ξέρω· ίσως. Yes; no.", ["Θα έρθει;", "Δεν ξέρω· ίσως.", "Yes; no."]),
        ("a decimal", "It cost 2.5 billion. Really.", ["It cost 2.5 billion.", "Really."]),
    ],
)
def test_sentences_end_as_a_reader_would_say(script: str, text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text, 0, len(text))] == expected


@given(st.text(alphabet="ab .。!A\n1", max_size=80))
def test_sentences_hold_every_letter_once_and_in_order(text: str) -> None:
    parts = list(sentences(text, 0, len(text)))
    assert "".join("".join(text[start:end].split()) for start, end in parts) == "".join(text.split())
    assert all(one[1] <= other[0] for one, other in pairwise(parts))
