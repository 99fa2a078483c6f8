"""A lexicon just large enough to read articles with: what the tests of `clean` need is in sight here."""
from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.lexicon.load import Lexicon, load_lexicon

WORLD = {
    "watches": """
[russia-china]
title = "Russia and China"
sides = ["RU", "CN"]
formats = ["bilateral", "sidelines"]
statuses = ["announced", "ongoing", "held", "cancelled"]
least_level = "other"
least_confidence = 0.5
[russia-india]
title = "Russia and India"
sides = ["RU", "IN"]
formats = ["bilateral"]
statuses = ["held"]
least_level = "minister"
least_confidence = 0.5
""",
    "countries": """
[RU]
name = "Russia"
capital = "moscow"
[CN]
name = "China"
capital = "beijing"
[IN]
name = "India"
""",
    "places": """
[moscow]
name = "Moscow"
country = "RU"
[beijing]
name = "Beijing"
country = "CN"
""",
    "organisations": '[sco]\nname = "Shanghai Cooperation Organisation"\n',
    "offices": '[foreign_minister]\nlevel = "minister"\n',
    "people": """
[lavrov]
name = "Sergey Lavrov"
side = "RU"
[wang_yi]
name = "Wang Yi"
side = "CN"
""",
}
LANGUAGES = {
    "en": """
name = "English"
[people]
lavrov = ["Lavrov"]
wang_yi = ["Wang Yi"]
[countries]
RU = { names = ["Russia"], adjectives = ["Russian~"] }
CN = { names = ["China"], adjectives = ["Chinese"] }
IN = { names = ["India"], adjectives = ["Indian~"] }
[places]
moscow = ["Moscow"]
beijing = ["Beijing"]
[dates]
month_first = "/"
of = ["of"]
ordinal = ["st", "nd", "rd", "th"]
[page]
related = ["Read also", "Also:", "Related articles", "More stories"]
caption = ["Photo"]
furniture = ["Share", "Follow us", "Source", "Comments"]
""",
    "de": """
name = "Deutsch"
also = ["lb"]
[people]
lavrov = ["Lawrow"]
wang_yi = ["Wang Yi"]
[countries]
RU = { names = ["Russland~"], adjectives = ["russisch*"] }
CN = { names = ["China~"], adjectives = ["chinesisch*"] }
[page]
related = ["Lesen Sie auch", "Weiterführendes zum Thema"]
caption = ["Foto"]
furniture = ["Quelle", "Teilen"]
""",
    "el": """
name = "Ελληνικά"
[people]
lavrov = ["Λαβρόφ"]
wang_yi = ["Γουάνγκ Γι"]
[countries]
RU = { names = ["Ρωσία~"], adjectives = ["ρωσικ*", "Ρώσο~", "ρώσο~"] }
CN = { names = ["Κίνα~"], adjectives = ["κινεζικ*", "Κινέζο~"] }
[page]
related = ["Σχετικά άρθρα", "Δείτε ακόμα", "Διαβάστε", "Σχετικά:"]
caption = ["Φωτογραφία"]
furniture = ["Πηγή", "Ακολουθήστε", "Με πληροφορίες"]
""",
    "zh": """
name = "中文"
spacing = "none"
[people]
lavrov = ["拉夫罗夫", "拉夫羅夫"]
wang_yi = ["王毅"]
[countries]
RU = { names = ["俄罗斯", "俄羅斯"], adjectives = ["俄"] }
CN = { names = ["中国", "中國"], adjectives = ["中方"] }
[page]
related = ["相关新闻"]
furniture = ["来源", "责任编辑"]
""",
}


@pytest.fixture(scope="session")
def tiny_lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """Four languages, three countries, two watches, two people."""
    root: Path = tmp_path_factory.mktemp("lexicon")
    (root / "languages").mkdir()
    for name, text in WORLD.items():
        (root / f"{name}.toml").write_text(text, encoding="utf-8")
    for code, text in LANGUAGES.items():
        (root / "languages" / f"{code}.toml").write_text(text, encoding="utf-8")
    return load_lexicon(root)
