"""Ways in which an editor can break a knowledge folder, with the message each must get."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Breakage:
    """An edit that replaces `old` with `new` in `file`; the message must contain all of `says`.

    `reported_at` is the place that the message names, if that is not the place of the edit: a
    missing key is reported at its entry, a duplicate id where it is repeated.
    """

    name: str
    file: str
    old: str
    new: str
    says: tuple[str, ...]
    reported_at: str = ""

    def apply(self, folder: Path) -> str:
        """Make the edit; return the `file:line: ` that the message must name."""
        path = folder / self.file
        if self.old == "":
            path.unlink()
            return f"{self.file}: "
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) >= 1, self.name
        at = text.index(self.old)
        changed = text[:at] + self.new + text[at + len(self.old) :]
        path.write_bytes(changed.encode("utf-8", "surrogateescape"))
        line = text[:at].count("\n") + 1
        return f"{self.reported_at or f'{self.file}:{line}'}: "


BREAKAGES = (
    Breakage(
        "a letter changed in a passage",
        "answers.yaml",
        "- The works will take nine weeks",
        "- The works will take wine weeks",
        ("'works-length'", "not in article.txt", "nine weeks", "copy the article's words exactly"),
    ),
    Breakage(
        "an unknown key",
        "answers.yaml",
        "voice: mayor",
        "vioce: mayor",
        ("unknown key 'vioce'", "did you mean 'voice'?"),
    ),
    Breakage(
        "a phrasing under two entries",
        "answers.yaml",
        "- why must it shut",
        "- Closing date of the harbour bridge?",
        ("already used by 'closing-date'", "keep it only where it belongs"),
    ),
    Breakage(
        "a reference to nothing",
        "answers.yaml",
        "related: [works-length]",
        "related: [works-lenght]",
        ("no such entry", "'works-lenght'", "correct the id"),
    ),
    Breakage(
        "a follow-up to nothing",
        "answers.yaml",
        "follow_ups: {why: closing-reason",
        "follow_ups: {why: closing-raison",
        ("no such entry", "closing-raison"),
    ),
    Breakage(
        "bad YAML",
        "answers.yaml",
        "question: When does the bridge close?",
        "question: [When does the bridge close?",
        ("not valid YAML", "check the indentation"),
        reported_at="answers.yaml:8",
    ),
    Breakage(
        "a colon in unquoted text",
        "answers.yaml",
        "answer: The works were to take",
        "answer: Note: the works were to take",
        ("not valid YAML", "in quotes"),
    ),
    Breakage("a missing article", "article.txt", "", "", ("is missing from", "restore it")),
    Breakage("a missing file", "timeline.yaml", "", "", ("is missing from", "restore it")),
    Breakage(
        "a key left out",
        "answers.yaml",
        "    voice: council\n",
        "",
        ("the key 'voice' is missing", "add it"),
        reported_at="answers.yaml:5",
    ),
    Breakage(
        "a duplicate id",
        "answers.yaml",
        "- id: crossing",
        "- id: trade",
        ("the id 'trade' is already used on line", "choose another"),
        reported_at="answers.yaml:58",
    ),
    Breakage(
        "an id with a capital",
        "answers.yaml",
        "- id: crossing",
        "- id: Crossing",
        ("not a valid id", "use lower-case letters"),
    ),
    Breakage(
        "a number that no passage has",
        "answers.yaml",
        "answer: The works were to take nine weeks",
        "answer: The works were to take ten weeks",
        ("says 'ten'", "appears in none of its passages"),
    ),
    Breakage(
        "a name that no passage has",
        "answers.yaml",
        "answer: Cyclists and walkers may cross",
        "answer: Cyclists and Ida Berg may cross",
        ("says 'Ida'", "cite the passage that contains it"),
    ),
    Breakage(
        "a date made up of the wrong parts",
        "answers.yaml",
        "to cars on 12 April 2021",
        "to cars on 3 April 2021",
        ("says '3 April'",),
    ),
    Breakage(
        "an undeclared year",
        "answers.yaml",
        "to cars on 12 April 2021",
        "to cars on 12 April 2022",
        ("says '2022'", "declare an inferred year"),
    ),
    Breakage(
        "an unknown topic",
        "answers.yaml",
        "topic: dispute",
        "topic: quarrel",
        ("the topic 'quarrel'", "add it there"),
    ),
    Breakage(
        "an unknown voice",
        "answers.yaml",
        "voice: mayor",
        "voice: major",
        ("the voice 'major'", "vocabulary.yaml"),
    ),
    Breakage(
        "a duplicate key",
        "answers.yaml",
        "    topic: dispute\n",
        "    topic: dispute\n    topic: works\n",
        ("the key 'topic' appears twice", "delete one"),
        reported_at="answers.yaml:60",
    ),
    Breakage(
        "a date that does not fit its precision",
        "timeline.yaml",
        "date: 2021-04-12",
        "date: 2021-04",
        ("does not fit the precision 'day'", "2019-08-02"),
    ),
    Breakage(
        "events out of order",
        "timeline.yaml",
        "date: 2021-04-12",
        "date: 2021-01-12",
        ("put the earlier date first",),
    ),
    Breakage(
        "an event that refers to nothing",
        "timeline.yaml",
        "entry: closing-date",
        "entry: opening-date",
        ("no such entry",),
    ),
    Breakage(
        "an answer too long for Telegram",
        "answers.yaml",
        "answer: Cyclists and walkers may cross on a temporary path.",
        "answer: Cyclists and walkers may cross on a temporary path." + " Walkers may." * 300,
        ("Telegram message has room for", "shorten the answer"),
    ),
    Breakage(
        "not UTF-8",
        "vocabulary.yaml",
        "Hello.",
        "Hall\udce5.",
        ("is not valid UTF-8", "save the file as UTF-8"),
    ),
    Breakage(
        "an abbreviation that YAML reads as a truth value",
        "vocabulary.yaml",
        "{wen: when}",
        "{wen: on}",
        ("must be text", "put it in quotes"),
    ),
    Breakage(
        "a bad day in source.yaml",
        "source.yaml",
        "2021-03-03",
        "2021-13-03",
        ("'published' must be a date like 2019-07-05",),
    ),
    Breakage(
        "a name missing from vocabulary.yaml",
        "answers.yaml",
        'key: {date: ["2021-04-12"]}',
        "key: {actor: [mayor]}",
        ("actor: mayor", "add it there"),
    ),
    Breakage(
        "a day that does not exist in the timeline",
        "timeline.yaml",
        "date: 2021-04-12",
        "date: 2021-04-31",
        ("'2021-04-31' is not a date", "write it like 2019-08-02"),
    ),
    Breakage(
        "an invalid date in a key",
        "answers.yaml",
        'key: {date: ["2021-04-12"]}',
        'key: {date: ["12 April"]}',
        ("key date: 12 April", "write it like 2002"),
    ),
    Breakage(
        "one value where a list belongs",
        "answers.yaml",
        "related: [works-length]",
        "related: works-length",
        ("'entries.0.related'", "must be a list"),
    ),
    Breakage(
        "a text where an entry belongs",
        "answers.yaml",
        "- id: trade\n",
        "- trade\n  - id: trade\n",
        ("'entries.4'", "must consist of lines like `key: value`"),
    ),
    Breakage(
        "an unknown follow-up",
        "answers.yaml",
        "follow_ups: {why: closing-reason",
        "follow_ups: {wherefore: closing-reason",
        ("the key 'wherefore'", "must be 'why', 'who'"),
    ),
    Breakage(
        "a question too long for a button",
        "answers.yaml",
        "question: How long do the works take?",
        "question: How long do the works take" + ", oh so long" * 6 + "?",
        ("'entries.2.question' is too long", "use at most 80 characters"),
    ),
    Breakage(
        "an alias",
        "answers.yaml",
        "related: [works-length]",
        "related: &again [works-length, *again]",
        ("anchors and aliases", "write the value out"),
    ),
    Breakage(
        "a control character",
        "answers.yaml",
        "voice: mayor",
        "voice: may\x07or",
        ("#x0007", "delete it"),
    ),
    Breakage(
        "an unclosed quotation mark",
        "answers.yaml",
        "voice: mayor",
        'voice: "mayor',
        ("not valid YAML", "quotation mark"),
    ),
    Breakage(
        "a git conflict marker",
        "answers.yaml",
        "entries:\n",
        "<<<<<<< HEAD\nentries:\n",
        ("not valid YAML", "check the indentation"),
    ),
    Breakage(
        "an entry related to itself",
        "answers.yaml",
        "related: [works-length]",
        "related: [closing-date]",
        ("'closing-date' is related to itself", "name another entry"),
    ),
    Breakage(
        "a phrasing without words",
        "answers.yaml",
        "- why must it shut",
        '- "???"',
        ("contains no words", "write some"),
    ),
    Breakage(
        "duplicate small talk",
        "vocabulary.yaml",
        "[hello, good morning]",
        "[hello, Hello!]",
        ("'Hello!' of 'greeting' is already used", "keep it only where it belongs"),
    ),
    Breakage(
        "a byte order mark before the article",
        "article.txt",
        "Lindholm closes",
        "\ufeffLindholm closes",
        ("byte order mark", "save it as UTF-8 without"),
    ),
    Breakage(
        "a word changed in the article",
        "article.txt",
        "nine weeks",
        "eight weeks",
        ("nine weeks", "eight weeks", "copy the article's words exactly"),
        reported_at="answers.yaml:44",
    ),
)
