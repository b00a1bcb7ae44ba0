"""The words by which roles are read: prepositions, auxiliaries, verbs and nouns of doing."""

BY, FROM = "by", "from"
TOWARDS = frozenset(
    {"to", "against", "on", "at", "towards", "toward", "upon", "with", "for", "about"}
)
NOWHERE = frozenset({"in", "between", "among", "of"})  # a place, both sides, an owner: no role
AUXILIARIES = frozenset(
    {"did", "does", "do", "has", "have", "had", "will", "would", "can", "could", "should", "may"}
)
BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "get", "got", "gets"})
# Before these the one who acts has been named: "who blames Russia", "did anyone tell Russia".
ASKED_FOR = "who"
SUBJECTS = frozenset(
    {"anyone", "anybody", "someone", "somebody", "nobody", "they", "he", "she", ASKED_FOR}
)
NEAR = 3  # words between such a subject and its object; "who" may stand further off
SAYING = frozenset({"say", "says", "said", "think", "thinks", "believe", "believes", "claims"})
# Beside these somebody is quoted, not acting: "in the opinion of NATO", "in NATO's eyes".
QUOTING = frozenset(
    """according opinion view views eyes words mind logic book books per puts reckons
    """.split()  # noqa: SIM905 - a list of quotes would be unreadable
)
# The subject of these verbs is at the receiving end.
RECEPTIVE = frozenset(
    {"receive", "receives", "received", "get", "got", "gets", "face", "faced", "hear", "heard"}
)
IRREGULAR = frozenset(
    {"sent", "told", "given", "put", "broken", "blamed", "handed", "sended", "meant"}
)
FILLERS = frozenset({"the", "a", "an", "its", "all", "only", "first", "also", "ever", "really"})
JOINING = frozenset({"and", "or", "nor", "plus"})
CONTENT = frozenset({"that", "if", "whether"})  # of what is said, known, thought
# Words that begin a clause with a subject of its own; what follows the first kind only says
# when the thing asked about happened.
BACKGROUND = frozenset({"before", "after", "while", "until"})
CLAUSES = frozenset({"when", "because", "since"}) | CONTENT | BACKGROUND
# What somebody does of whom others speak: its subject is the accused, not the accuser.
CONDUCT = frozenset(
    """violate violates violated violating violation violations breach breaches breached breaching
    break breaks broke breaking cheat cheats cheated cheating comply complies complied complying
    compliance done guilty respects respecting keeping sticking
    """.split()  # noqa: SIM905
)
VAGUE = frozenset({"do", "doing"})  # "what did Russia do?" says nothing of who accused whom
BETWEEN = frozenset({"not", "been", "even"})  # a subject and such a verb
# The subject of these is told to do it: "what should Russia do".
OBLIGED = frozenset({"should", "must"})
# Deeds that bear their doer's name in front: "the US ultimatum", "NATO's reproach".
DEEDS = frozenset(
    """ultimatum demand demands threat warning warnings accusation accusations charge charges claim
    claims allegation allegations reproach reproaches conclusion conclusions announcement reply
    response answer denial refusal rejection pressure request version
    """.split()  # noqa: SIM905
)
# What becomes of such a deed: asked so, its doer is at the receiving end.
MET = frozenset(
    """rejected refused granted accepted met fulfilled answered turned heeded obeyed dismissed
    rebuffed spurned satisfied
    """.split()  # noqa: SIM905
)
# "Which country gave Russia ...": what stands behind is not the one who acts.
ASKED_NOUNS = frozenset(
    {"country", "state", "side", "nation", "government", "capital", "power", "party"}
)
EITHER_WAY = frozenset({("way", "round"), ("way", "around"), ("way", "about"), ("vice", "versa")})
# "Was the US still in it", "is Russia out": how things stand, and no deed.
STATES = frozenset({"still", "in", "out", "already", "just", "only", "yet"})
