"""Which words carry a question; the others alone ask nothing."""

from collections.abc import Iterable

from bot.matching.text import stem

# English function words: articles, pronouns, prepositions, auxiliaries, asking words and
# the small change of chats. A message of these alone is never answered.
FUNCTION_WORDS = frozenset(
    """a an the this that these those it its i you he she we they me him her us them my your his
    our their who whom whose what when where why how which is are was were be been being am do
    does did done has have had will would can could shall should may might must not no yes and or
    but if so than then as of in on at by to from for with about into over under after before up
    down out off there here all any some one ok okay please just also too very really only well oh
    hey hi yo em omg bro
    bruh mate dude guys lads folks um uh erm huh hmm btw tbh imo ngl ffs anyway
    anyways actually basically maybe perhaps seem seems appear appears
    myself yourself himself herself itself ourself ourselves yourselves themselves he's she
    something anything nothing everything someone anyone somebody anybody nobody
    because while though although since until now yet still ever again
    say says said tell told know think get got go going like want need let make lol
    """.split()  # noqa: SIM905 - a list of quotes would be unreadable
)
FUNCTION_STEMS = frozenset(map(stem, FUNCTION_WORDS))


def carries_content(tokens: Iterable[str]) -> bool:
    """Whether any word could name what is asked about."""
    return any(token not in FUNCTION_WORDS and len(token) > 1 for token in tokens)
