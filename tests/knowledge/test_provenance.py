"""Numbers, sums, units and dates in an answer are those of its passages, however written."""

import pytest

from bot.knowledge.provenance import find_unsupported, ordinary_words

# An answer, its passage, and what of the answer the passage does not say.
ROWS: list[tuple[str, str, list[str]]] = [
    ("Don't ask. Can’t you?", "Nobody asks.", []),
    # decimals and thousands
    ("The line is 7.4 km long.", "The new line is 7.4 kilometres long.", []),
    ("The line is 4.7 km long.", "The new line is 7.4 kilometres long.", ["4.7 km"]),
    ("The line is 74 km long.", "The new line is 7.4 kilometres long.", ["74 km"]),
    ("About 9,500 came.", "About 9,500 visitors came.", []),
    ("About 500 came.", "About 9,500 visitors came.", ["500"]),
    ("About 9500 came.", "About 9,500 visitors came.", []),
    ("It drew 18 000 visitors.", "It drew 18,000 visitors.", []),
    ("It drew 18 visitors.", "It drew 18,000 visitors.", ["18"]),
    ("It drew 2.4 million.", "It drew 2,400,000 people.", []),
    ("It drew 2.4.", "It drew 2.4 million people.", ["2.4"]),
    # sums
    ("It cost €318 million.", "The tunnel cost €318 million.", []),
    ("It cost $318 million.", "The tunnel cost €318 million.", ["$318 million"]),
    ("It cost 318 million euros.", "The tunnel cost €318 million.", []),
    ("It cost 318 million pounds.", "The tunnel cost €318m.", ["318 million pounds"]),
    ("It cost €318.", "The tunnel cost €318 million.", ["€318"]),
    ("It cost 318 billion euros.", "The tunnel cost €318 million.", ["318 billion euros"]),
    ("It was 1.5 billion dollars.", "A bill of US$1.5bn was sent.", []),
    ("The fee is 96 pounds.", "A full plot costs £96 a year.", []),
    ("The fee is 69 pounds.", "A full plot costs £96 a year.", ["69 pounds"]),
    (
        "The dome costs 1.1 million euros.",
        "6.8 million euros, and the dome another 1.1 million.",
        [],
    ),
    ("The fine is 50 pence.", "The fine is 50 pounds.", ["50 pence"]),
    # shares
    ("Support fell to 12 %.", "Support fell to 12 per cent.", []),
    ("Support fell to 21 %.", "Support fell to 12 per cent.", ["21 %"]),
    ("Support fell by 12%.", "Support fell by 12 percentage points.", ["12%"]),
    ("Two thirds agreed.", "It needs two thirds of the votes.", []),
    ("Three quarters agreed.", "It needs two thirds of the votes.", ["Three quarters"]),
    ("Tenants pay half.", "Tenants over 70 pay half the rent.", []),
    ("Tenants pay half.", "Tenants over 70 pay the rent.", ["half"]),
    # ordinals
    ("She came 3rd.", "She finished third.", []),
    ("She came 3rd.", "She finished with 3 points.", ["3rd"]),
    ("It is the 21st game.", "It was her twenty-first game.", []),
    ("It is the fourth game.", "It was her fifth game.", ["fourth"]),
    # words
    ("There are two doors.", "There are 2 doors.", []),
    ("There are 3 doors.", "There are two doors.", ["3"]),
    ("It takes nine weeks.", "The nine-week closure begins soon.", []),
    ("It takes nine days.", "The nine-week closure begins soon.", ["nine days"]),
    ("It has 41 projects.", "Forty-one projects were granted time.", []),
    ("It took 251 days.", "It took two hundred and fifty-one days.", []),
    ("It holds a dozen.", "It holds 12 people.", []),
    ("There is only one way.", "There is only one way to do it.", []),
    ("It ran 9.5 hours.", "It ran for nine and a half hours.", []),
    # units
    ("A beam of 40 kg fell.", "A beam weighing 40 kilograms fell.", []),
    ("A beam of 40 tonnes fell.", "A beam weighing 40 kilograms fell.", ["40 tonnes"]),
    ("Gusts of 171 km/h came.", "Gusts of up to 171 kilometres per hour came.", []),
    ("Gusts of 171 mph came.", "Gusts of up to 171 kilometres per hour came.", ["171 mph"]),
    ("It was minus 5 degrees.", "It was −5 degrees.", []),
    ("It was 5 degrees.", "It was minus 5 degrees.", ["5 degrees"]),
    ("A shed has 6 m².", "A shed of up to six square metres is allowed.", []),
    ("It opens at 9 am.", "It opens at 9 in the morning.", []),
    ("It opens at 9 pm.", "It opens at 9 in the morning.", ["9 pm"]),
    ("It opens at 7.30 pm.", "It opens at 19:30.", []),
    # ranges
    ("It takes 5 to 7 weeks.", "It takes 5–7 weeks.", []),
    ("It takes 5 weeks.", "It takes between 5 and 7 weeks.", []),
    ("It takes 6 weeks.", "It takes between 5 and 7 weeks.", ["6 weeks"]),
    ("It costs €5–7 million.", "It costs between 5 and 7 million euros.", []),
    # dates and codes
    ("It closes on 12 April.", "It closes on April 12.", []),
    ("It closes on 21 April.", "It closes on April 12.", ["21 April"]),
    ("It began in May 2025.", "In May, it began. That was in 2025.", []),
    ("It began in May 2025.", "In March, it began. That was in 2025.", ["May"]),
    ("It began in July 2014.", "It began in July 2015, not in 2014.", ["2014"]),
    ("It lasts from 12 to 14 April.", "It lasts from April 12–14.", []),
    (
        "From 7 April at 9:00 to 25 April at 17:00.",
        "It is open 7 April, 9:00, until 25 April, 17:00.",
        [],
    ),
    ("The 9M729 was shown.", "The 9M728 was shown.", ["9M729"]),
]


@pytest.mark.parametrize(("answer", "passage", "missing"), ROWS)
def test_figures_are_those_of_the_passage(answer: str, passage: str, missing: list[str]) -> None:
    """What the passage has is accepted in any form, and what it lacks is named as written."""
    ordinary = {word.casefold() for word in (*answer.split(), *passage.split())}
    assert [*find_unsupported(answer, [passage], {}, ordinary)] == missing


# Whether a passage says what an answer does.
MORE: list[tuple[str, str, bool]] = [
    ("The budget rose to £3.2 billion.", "The budget, now £3.2bn, has risen.", True),
    ("The budget rose to £2.3 billion.", "The budget, now £3.2bn, has risen.", False),
    ("Some 1,200 jobs will go.", "The plant will shed twelve hundred jobs.", True),
    ("The vote was 14 to 9.", "Councillors voted 14–9 in favour.", True),
    ("The vote was 14 to 8.", "Councillors voted 14–9 in favour.", False),
    ("It measures 60 cm.", "a mirror of 60 centimetres", True),
    ("It measures 60 mm.", "a mirror of 60 centimetres", False),
    ("It sits 1,500 feet up.", "The hut stands at 1,500ft above the sea.", True),
    ("The pass costs 25 euros a month.", "A monthly pass costs 25 €.", True),
    ("The pass costs 25 dollars.", "A monthly pass costs 25 €.", False),
    ("The pool is open until 10 pm.", "The pool closes at 10 p.m. on weekdays.", True),
    ("The pool is open until 10 pm.", "The pool opens at 10 a.m. on weekdays.", False),
    ("The deal runs for fifteen years.", "a 15-year deal", True),
    ("The deal runs for fifty years.", "a 15-year deal", False),
    ("He is the second mayor.", "He is the town's second mayor.", True),
    (
        "The 40th edition takes place in June.",
        "The festival celebrates its fortieth edition in June.",
        True,
    ),
    (
        "The 14th edition takes place in June.",
        "The festival celebrates its fortieth edition in June.",
        False,
    ),
    ("It was signed on 1 September 1998.", "Signed on September 1, 1998, the pact held.", True),
    ("It was signed on 1 September 1989.", "Signed on September 1, 1998, the pact held.", False),
    ("It was signed on 9 September 1998.", "Signed on September 1, 1998, the pact held.", False),
    ("A quarter of members left.", "One quarter of the members left.", True),
    ("The tower is 88.5 metres high.", "The 88.5m tower", True),
    ("Between 200 and 300 people marched.", "police counted 200 to 300 marchers", True),
    ("Turnout was 61.4 %.", "Turnout reached 61.4 percent.", True),
    ("Turnout was 64.1 %.", "Turnout reached 61.4 percent.", False),
    ("Three hours and twenty minutes passed.", "It took 3 hours and 20 minutes.", True),
    ("Three hours and twenty minutes passed.", "It took 3 minutes and 20 hours.", False),
    ("The A4 motorway was shut for six hours.", "The A4 was closed for six hours.", True),
    ("The A6 motorway was shut for four hours.", "The A4 was closed for six hours.", False),
    ("They paid $250,000.", "They paid a quarter of a million dollars, $250,000.", True),
]


@pytest.mark.parametrize(("answer", "passage", "is_said"), MORE)
def test_figures_are_accepted_or_not(answer: str, passage: str, is_said: bool) -> None:  # noqa: FBT001
    """Sums, votes, times, dates and the like in texts of other kinds."""
    ordinary = {word.casefold() for word in (*answer.split(), *passage.split())}
    assert (not find_unsupported(answer, [passage], {}, ordinary)) == is_said


# Whether "Ida Berg" is told by a passage if "harbour office" is another name of hers.
TOLD = [
    ("Ida Berg closed the bridge.", True),
    ("The Harbour Office closed the bridge.", True),
    ("The harbour office closed the bridge.", False),
]


@pytest.mark.parametrize(("passage", "is_told"), TOLD)
def test_an_ordinary_word_tells_no_name(passage: str, is_told: bool) -> None:  # noqa: FBT001
    """Nor does anything but the passages tell the other names of what it names."""
    names = {"actor": {"office": ["harbour office", "ida berg"]}}
    assert (
        not find_unsupported("Ida Berg acted.", [passage], names, [], "The Harbour Office")
    ) == is_told


# An answer whose passage is "The board of Harbour Rail met.", and the names that this lacks.
NAMES = [
    ("They asked the board.", []),
    ("Ask the board.", []),
    ("Part of the board met.", []),
    ("Extensions need the board.", []),  # the article has "extension"
    ("Ostby met the board.", ["Ostby"]),
    ("Rose met the board.", ["Rose"]),  # the article has it with a capital inside a sentence
    ("The Safety and Work Inspectorate met.", ["Safety and Work Inspectorate"]),
    ("Ida Berg's board met Ulla Lund.", ["Ida Berg", "Ulla Lund"]),
    ("The board met Ida Berg, Ostby and Lund.", ["Ida Berg", "Ostby and Lund"]),
    ("The Harbour Rail board met Harbour Roads.", ["Roads"]),
]


@pytest.mark.parametrize(("answer", "missing"), NAMES)
def test_names_are_those_of_the_passage(answer: str, missing: list[str]) -> None:
    """A first word that is ordinary English is no name, and several words may be one name."""
    passage = "The board of Harbour Rail met."
    ordinary = ordinary_words([passage, "An extension was refused, and Rose left.", answer])
    assert find_unsupported(answer, [passage], {}, ordinary) == dict.fromkeys(missing, "name")
