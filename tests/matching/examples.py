"""A small knowledge base that the matching tests share."""

ENTRIES = {
    "end": ["when does the INF treaty end", "expiry date of the treaty", "treaty deadline"],
    "accuse": ["when did the US first accuse Russia of violating the treaty", "first accusation"],
    "counter": ["does Russia accuse the US", "what does Moscow say about Washington's compliance"],
    "missile": ["what is the 9M729", "name of the cruise missile", "which missiles must go"],
    "termination": ["what happened on February 1", "when was the termination announced"],
    "control": ["are they for arms control and non-proliferation", "commitment to disarmament"],
    "council": ["who met at the NATO-Russia Council", "level of the Brussels meeting"],
    "abm": ["when did the US leave the ABM treaty", "what happened in 2002"],
}
SYNONYMS = [["end", "expire", "lose force", "run out"], ["missile", "rocket"], ["us", "america"]]
ABBREVIATIONS = {"wen": "when", "rn": "right now", "u s": "us"}
