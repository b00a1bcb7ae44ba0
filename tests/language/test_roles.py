import pytest

from bot.language.english import english
from bot.language.names import NameFinder
from bot.language.normalise import tokenize
from bot.language.roles import ACTOR, RoleFinder

ACTORS = NameFinder(
    {
        "actor": {
            "us": ["us", "usa", "united states", "america", "washington", "americans", "yanks"],
            "russia": ["russia", "moscow", "kremlin", "russians"],
            "nato": ["nato"],
        }
    }
)

ROLES = RoleFinder(frozenset({ACTOR}), **english().roles)

CASES = [
    ("when did the US first accuse Russia", {"us"}, {"russia"}),
    ("when did Russia first accuse the US", {"russia"}, {"us"}),
    ("when was Russia first accused by the United States", {"us"}, {"russia"}),
    ("when was the US first accused by Russia", {"russia"}, {"us"}),
    ("when was Russia accused", set(), {"russia"}),
    ("Russia was accused when?", set(), {"russia"}),
    ("the first accusation against Russia", set(), {"russia"}),
    ("america's first accusation against moscow", {"us"}, {"russia"}),
    ("first accusation of violations by Washington", {"us"}, set()),
    ("the ultimatum from Washington to Moscow", {"us"}, {"russia"}),
    ("ultimatum to the US", set(), {"us"}),
    ("did Russia get the ultimatum from the Americans", {"us"}, {"russia"}),
    ("which American missiles did Russia want destroyed", {"russia"}, {"us"}),
    ("what did Russia warn the US about", {"russia"}, {"us"}),
    ("what did the US warn Russia about", {"us"}, {"russia"}),
    ("who blames russia", set(), {"russia"}),
    ("did anyone tell the yanks", set(), {"us"}),
    ("what did the US demand from Russia", {"us"}, {"russia"}),
    ("who did russia warn", {"russia"}, set()),
    ("the quarrel between Russia and the US", set(), set()),
    ("what is Russia's fault in NATO's eyes", {"russia"}, set()),
    ("who was the first to accuse Russia", set(), {"russia"}),
    ("what did Washington say when Russia warned", {"us"}, set()),
    ("do you know when Russia warned the US", {"russia"}, {"us"}),
    ("was it the US or NATO that sent it", {"us", "nato"}, set()),
    ("was the American demand received in Moscow", {"us"}, set()),
    ("does he think Russia will comply", set(), {"russia"}),
    ("why Russia, in NATO's logic", {"russia"}, set()),
    ("is Russia a cheat according to America", set(), {"russia"}),
    ("who says that Russia violates the treaty", set(), {"russia"}),
    ("is the US not complying", set(), {"us"}),
    ("the alleged Moscow breach", set(), {"russia"}),
    ("what has Moscow done", set(), {"russia"}),
    ("what did Russia do", set(), set()),
    ("did Russia accuse the US of violating it", {"russia"}, {"us"}),
    ("what should Russia destroy", set(), {"russia"}),
    ("what was Moscow meant to scrap", set(), {"russia"}),
    ("what did Russia have to destroy", set(), {"russia"}),
    ("the date of the US ultimatum", {"us"}, set()),
    ("grounds for NATO's reproach", {"nato"}, set()),
    ("was Washington's demand granted", set(), {"us"}),
    ("were Washington's demands rejected", set(), {"us"}),
    ("who spurned Washington's demands", set(), {"us"}),
    ("did they give in to the US demand", set(), {"us"}),
    ("did Russia agree to Washington's demand", {"russia"}, {"us"}),
    ("Russia told the US to destroy it", {"russia"}, {"us"}),
    ("the claims of Russia about the US", set(), {"us"}),
    ("which country gave Russia a final warning", set(), {"russia"}),
    ("what state did Russia warn", {"russia"}, set()),
    ("who did the US threaten", {"us"}, set()),
    ("did it go from Moscow to Washington or the other way round", set(), set()),
    ("nothing about anybody", set(), set()),
]


@pytest.mark.parametrize(("text", "agent", "patient"), CASES)
def test_who_does_it_to_whom(text: str, agent: set[str], patient: set[str]) -> None:
    """Voice, prepositions and word order give each actor a role."""
    words = tokenize(text)
    found = ROLES.find(words, ACTORS.find(words))
    assert (set(found.agent), set(found.patient)) == (agent, patient)


def test_the_pronoun_us_is_no_country() -> None:
    """In "tell us" the word names nobody, in "the us" it does."""
    assert not ACTORS.find(tokenize("tell us more, it concerns all of us"))
    assert [m.id for m in ACTORS.find(tokenize("did the us answer"))] == ["us"]


def test_misspelt_names_are_found() -> None:
    """A slip in a long name still names it."""
    assert [m.id for m in ACTORS.find(tokenize("amerika, mosocw and washigton"))] == [
        "us",
        "russia",
        "us",
    ]
