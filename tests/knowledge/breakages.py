"""Ways in which an editor breaks a knowledge folder, with what must be said about each."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Breakage:
    """One edit: in `file`, `old` becomes `new`; the message must hold all of `says`."""

    name: str
    file: str
    old: str
    new: str
    says: tuple[str, ...]

    def apply(self, folder: Path) -> str:
        """Make the edit; return the `file:line` where it is (the file alone if it is gone)."""
        path = folder / self.file
        if self.old == "":
            path.unlink()
            return f"{self.file}: "
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) >= 1, self.name
        at = text.index(self.old)
        changed = text[:at] + self.new + text[at + len(self.old) :]
        path.write_bytes(changed.encode("utf-8", "surrogateescape"))
        return f"{self.file}:{text[:at].count(chr(10)) + 1 + self.new.count(chr(1))}: "


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
        ("stands already under 'closing-date'", "keep it where it belongs"),
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
    ),
    Breakage(
        "a colon in unquoted text",
        "answers.yaml",
        "answer: The works will take",
        "answer: Note: the works will take",
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
    ),
    Breakage(
        "an id twice",
        "answers.yaml",
        "- id: crossing",
        "- id: trade",
        ("the id 'trade' is taken", "choose another"),
    ),
    Breakage(
        "an id with a capital",
        "answers.yaml",
        "- id: crossing",
        "- id: Crossing",
        ("an id is lower-case letters",),
    ),
    Breakage(
        "a number that no passage has",
        "answers.yaml",
        "answer: The works will take nine weeks",
        "answer: The works will take ten weeks",
        ("says 'ten'", "stands in none of its passages"),
    ),
    Breakage(
        "a name that no passage has",
        "answers.yaml",
        "answer: Cyclists and walkers may cross",
        "answer: Cyclists and Ida Berg may cross",
        ("says 'Ida'", "cite the passage that has it"),
    ),
    Breakage(
        "a date put together wrongly",
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
        "a key twice",
        "answers.yaml",
        "    topic: dispute\n",
        "    topic: dispute\n    topic: works\n",
        ("the key 'topic' stands twice", "keep one"),
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
        ("put the earlier first",),
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
        ("Telegram takes", "shorten the answer"),
    ),
    Breakage(
        "no UTF-8",
        "vocabulary.yaml",
        "Hello.",
        "Hall\udce5.",
        ("is not UTF-8", "save the file as UTF-8"),
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
        ("source.yaml",),
    ),
    Breakage(
        "a name that vocabulary.yaml does not know",
        "answers.yaml",
        'key: {date: ["2021-04-12"]}',
        "key: {actor: [mayor]}",
        ("actor: mayor", "add its names there"),
    ),
)
