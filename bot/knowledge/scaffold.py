"""`new`: creates a knowledge folder for another article, ready to be filled in."""

import datetime as dt
import re
import sys
import textwrap
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml

from bot.errors import InputError
from bot.knowledge import Article
from bot.knowledge.files import require_new, write_files
from bot.knowledge.format import MODELS
from bot.knowledge.json_schema import SCHEMA_FOLDER, schema_line, schemas
from bot.knowledge.proposals import ProposedEvent, find_events, find_names, first_day, unwrap
from bot.knowledge.text_files import decode
from bot.knowledge.yaml_faults import TODO
from bot.language.dates import Date, date_spans

_HEADLINE_LIMIT = 200  # characters; a longer first paragraph is not taken for a headline
QUESTIONS = "questions.yaml"


@dataclass(frozen=True, slots=True)
class Details:
    """What is known about an article beside its text; "" for what is not."""

    title: str = ""
    publisher: str = ""
    place: str = ""
    published: str = ""  # like 2019-07-05

    def date(self, dateline: str) -> dt.date | None:
        """The day of publication: as given, or else in what a dateline says after the place.

        Raise `InputError` if what is given is not a date.
        """
        try:
            if self.published:
                return dt.date.fromisoformat(self.published)
        except ValueError:
            reason = "is not a date; write it like 2019-07-05"
            raise InputError(f"{self.published!r} {reason}") from None
        first = next((date for date, start, _ in date_spans(dateline) if start == 0), Date())
        return first_day(first, first.year) if first.day else None


def new_folder(folder: Path, text: str, details: Details) -> str:
    """Create the folder and return the next steps as text; raise `InputError` if that fails."""
    require_new(folder)
    text = unwrap(text)
    article = Article.parse(text)
    dateline_place, dateline = article.dateline()
    published = details.date(dateline)
    headline = article.paragraphs[0].text
    fits = "\n" not in headline and len(headline) <= _HEADLINE_LIMIT
    names, events = find_names(article), find_events(article, published)
    place = details.place or dateline_place
    values = {
        "title": scalar(details.title or (headline if fits else f"{TODO} the headline")),
        "publisher": scalar(details.publisher or f"{TODO} who published it"),
        "place": f"place: {scalar(place)}" if place else "# place: only if it has a dateline",
        "published": published or f"{TODO} the day, like 2019-07-05",
        "folder": folder,
        "answer": scalar(f'The article begins: "{article.sentences[0].text}"'),
        "passage": scalar(article.sentences[0].text),
        "sentences": _sentences(article),
        "names": f"\n{textwrap.indent(_yaml(names, flow=None), '  ')}" if names else " {}",
        "events": "\n".join(map(_event, events)),
    }
    texts = {"article.txt": text}
    for name in (*MODELS, QUESTIONS):
        template = (files("bot.knowledge") / "templates" / name).read_text("utf-8")
        head = f"{schema_line(name)}\n" if name in MODELS else ""
        texts[name] = head + template.format_map(values)
    write_files(folder, texts)
    write_files(folder / SCHEMA_FOLDER, schemas())
    missing = TODO in texts["source.yaml"]
    years = " or ".join(sorted({event.date[:4] for event in events if event.because}))
    yearless = (
        f"Dates without a year were taken to be of {years}; check each (timeline.yaml).\n"
        * bool(years)
        if published
        else (
            "Without the day of publication, dates that have no year were left out; to have them\n"
            "found, delete the folder and add --date, like --date 2019-07-05.\n"
        )
    )
    return (
        f"{folder}: {len(article.paragraphs)} paragraphs, {len(article.prose())} sentences,"
        f" {sum(map(len, names.values()))} names and {len(events)} dates.\n{yearless}"
        f"{'Fill in source.yaml. ' if missing else ''}Keep this running in another terminal:\n"
        f"  treaty-bot check --watch --knowledge {folder}\n"
        "Then write the questions and answers (answers.yaml), and go through the names\n"
        "(vocabulary.yaml) and dates (timeline.yaml) that were found. Talk to the bot, and\n"
        f"measure it with questions of your own ({QUESTIONS}):\n"
        f"  treaty-bot chat --knowledge {folder}\n"
        f"  treaty-bot evaluate --knowledge {folder} {folder / QUESTIONS}"
    )


def read_article(path: Path | None) -> str:
    """The article's text, from standard input without a path, with Unix line endings."""
    path = None if path == Path("-") else path
    name = str(path) if path else "standard input"
    try:
        data = path.read_bytes() if path else sys.stdin.buffer.read()
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); give the article's text file"
        raise InputError(f"{name}: {reason}") from None
    text = re.sub("\r\n?", "\n", decode(data, name))
    if not text.strip():
        raise InputError(f"{name}: is empty; put the article's text into it")
    return text


def scalar(text: str) -> str:
    """Text as single-line YAML, in quotes only if it needs them."""
    has_breaks = text.splitlines() != [text]  # Unicode has more line breaks than \n
    return _yaml([text], style='"' if has_breaks else None).removeprefix("- ")


def _sentences(article: Article) -> str:
    lines = []
    for paragraph in article.paragraphs:
        lines.append(f"#\n# p{paragraph.number}")
        lines += [
            f"# s{sentence.number}\n#     - {scalar(sentence.text)}"
            for sentence in article.sentences
            if paragraph.start <= sentence.start < paragraph.end
        ]
    return "\n".join(lines)


def _event(event: ProposedEvent) -> str:
    """An event as a commented item of the timeline."""
    item: dict[str, object] = {
        "date": event.date,
        "precision": event.precision,
        "label": f"{TODO} what happens",
        "passage": event.passage,
        "entry": "article-summary",
    }
    if event.because:
        reason = f"the article gives no year; {event.because}"
        item["inferred"] = {"year": int(event.date[:4]), "because": reason}
    return textwrap.indent(_yaml([item]), "#   ")


def _yaml(value: object, *, style: str | None = None, flow: bool | None = False) -> str:
    """A value as YAML; if `flow` is None, its innermost lists are each on one line."""
    dumped: str = yaml.safe_dump(
        value,
        default_style=style,
        default_flow_style=flow,
        width=float("inf"),
        allow_unicode=True,
        sort_keys=False,
    )
    return dumped.rstrip("\n")
