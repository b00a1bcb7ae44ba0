"""`new`: creates a knowledge folder for another article, ready to be filled in."""

from pathlib import Path

import yaml

from bot.errors import InputError
from bot.knowledge import Article
from bot.knowledge.format import SCHEMA_FOLDER, schema_line, write_schemas
from bot.knowledge.verify import TODO

_HEADLINE_LIMIT = 200  # characters; a longer first paragraph is not taken for a headline

_SOURCE = """\
# Where the article comes from; shown under every answer.
title: {title}
publisher: TODO who published it
place: TODO the place named in the dateline
published: TODO the day, like 2019-07-05
language: en
# url: only if you are sure of it
"""

_ANSWERS = """\
# The questions that the article answers (entries), and those it does not (gaps).
# After every change: treaty-bot check --watch --knowledge {folder}
topics:
  article: The article itself

entries:
  # A first entry: a question, how people ask it, the answer, and the words of the article
  # that support the answer. Improve it, and write the others in the same way.
  - id: article-summary  # lower-case letters, digits and hyphens; never change it or use it again
    topic: article  # one of the topics above
    question: What is the article about?  # as shown to readers, at most 80 characters
    phrasings:  # how people really ask: ten or more ways; or in phrasings/article-summary.txt
      - give me the gist
      - sum it up
      - what does the article say
    answer: {passage}
    passages:  # copied from the list below, word for word
      - {passage}
    voice: report  # whose claim it is: one of the voices in vocabulary.yaml

  # - id: the-next-one
  #   topic: article
  #   question: When does it happen?
  #   phrasings:
  #     - when is that
  #   answer: It happens on 2 August 2019.
  #   passages:
  #     - It happens on August 2.
  #   voice: report
  #   inferred: {{year: 2019, because: "the article gives no year; it is dated 5 July 2019"}}
  #   related: [article-summary]  # offered below the answer
  #   follow_ups: {{why: article-summary}}  # where "why?" leads after this answer

gaps: []
# What people ask but the article does not say. Delete the [] and write:
#   - id: gap-who-signed
#     topic: article
#     question: Who signed it?
#     phrasings:
#       - who put their name to it
#     line: The article doesn't say who signed it.
#     nearest: the words of the article that come closest, or leave this key out

# The article's sentences, ready to be copied as passages. So far only the first is cited;
# `treaty-bot check` lists the sentences that no entry cites yet.
{sentences}
"""

_TIMELINE = """\
# The events in the article, the earliest first, each date as precise as the article gives it.
events: []
# Delete the [] and write:
#   - date: 2019-08-02
#     precision: day
#     label: What happens
#     passage: the words of the article, copied exactly
#     entry: article-summary
#     inferred: {year: 2019, because: "the article gives no year; it is dated 5 July 2019"}
"""

_VOCABULARY = """\
# Words that mean the same in this article, each group in brackets.
synonyms: []
#  - [end, expire, lapse]

# Short forms and what they mean.
abbreviations: {}
#  wen: when

# Names that must not be confused, by kind: actor, treaty, missile.
names: {}
#  actor:
#    russia: [Russia, Moscow]

# Who makes the claims in the answers, as shown to readers; write names as the article does.
voices:
  report: the article's own report

# How people ask follow-up questions.
follow_ups:
  why: [why, how come]
  who: [who said that, says who]
  when: [when, when was that]
  more: [more, go on, tell me more]

smalltalk:
  - id: greeting
    phrasings: [hello, good morning]
    reply: Hello. Ask me about the article.
  - id: thanks
    phrasings: [thanks, thank you]
    reply: You are welcome.
"""


def new_folder(folder: Path, article: Path) -> str:
    """Create the folder and return the next steps as text; raise `InputError` if that fails."""
    text = _read(article)
    parsed = Article.parse(text)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty; choose a folder that does not exist yet")
    headline = parsed.paragraphs[0].text
    fits = "\n" not in headline and len(headline) <= _HEADLINE_LIMIT
    first = parsed.sentences[0].text
    files = {
        "source.yaml": _SOURCE.format(
            title=scalar(headline) if fits else f"{TODO} the headline",
        ),
        "answers.yaml": _ANSWERS.format(
            folder=folder, passage=scalar(first), sentences=_sentences(parsed)
        ),
        "timeline.yaml": _TIMELINE,
        "vocabulary.yaml": _VOCABULARY,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "article.txt").write_bytes(text.encode())
        for name, content in files.items():
            (folder / name).write_text(f"{schema_line(name)}\n{content}", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{error.filename}: cannot be written ({error.strerror}); choose another folder"
        ) from None
    write_schemas(folder / SCHEMA_FOLDER)
    return (
        f"{folder}: {len(parsed.paragraphs)} paragraphs, {len(parsed.sentences)} sentences.\n"
        f"Fill in source.yaml, then write answers.yaml, with this running in another terminal:\n"
        f"  treaty-bot check --watch --knowledge {folder}"
    )


def _read(article: Path) -> str:
    """The article's text without a byte order mark and with Unix line endings."""
    try:
        text = article.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{article}: cannot be read ({error.strerror}); give the article's text file"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(f"{article}:{line}: is not valid UTF-8; save it as UTF-8") from None
    text = text.replace("\r\n", "\n")
    if not text.strip():
        raise InputError(f"{article}: is empty; put the article's text into it")
    return text


def scalar(text: str) -> str:
    """Text as single-line YAML, in quotes only if it needs them."""
    has_breaks = text.splitlines() != [text]  # Unicode has more line breaks than \n
    dumped: str = yaml.safe_dump(
        [text], width=float("inf"), allow_unicode=True, default_style='"' if has_breaks else None
    )
    return dumped.removeprefix("- ").rstrip("\n")


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
