"""The commands of `treaty-bot` and their options."""

import argparse
from pathlib import Path
from typing import TypeAlias

QUESTION = "What is the article about?"  # an example
# What `new` needs to know about an article, by the option that gives it.
DETAILS = {
    "title": "the headline (default: the first line)",
    "publisher": "who published it",
    "place": "where it was published (default: the place in the dateline, if any)",
    "date": "the day of publication, like 2019-07-05; finds dates without a year",
}

# Private classes of argparse, the first generic only for type checkers.
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
_Parser: TypeAlias = "argparse._ActionsContainer"


def build_parser() -> argparse.ArgumentParser:
    """Build the parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="treaty-bot",
        description="Answers questions about one news article and quotes the passage.",
        epilog=f'Try: treaty-bot ask "{QUESTION}". For the options of a command, run'
        " treaty-bot COMMAND --help.",
    )
    _flag(parser, "--version", "print the version and exit")
    shells = ("bash", "zsh", "fish", "tcsh", "powershell")
    summary = "print a script that completes commands in a shell, and exit"
    parser.add_argument("--completion", choices=shells, help=summary)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    _add_asking(commands)
    _add_editing(commands)
    _add_feedback(commands)
    _add(commands, "doctor", "check the settings, Telegram, the database and the clock")
    _add(commands, "run", "run the Telegram bot, by long polling or a webhook")
    return parser


def completion(parser: argparse.ArgumentParser, shell: str) -> str:
    """A script for a shell that completes commands, options and paths."""
    import shtab

    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    for command in commands.choices.values():
        for action in command._actions:
            if action.type is Path:
                action.complete = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE
    return str(shtab.complete(parser, shell))


def _add_asking(commands: _Commands) -> None:
    ask = _add(commands, f'ask "{QUESTION}"', "answer one question, or many from standard input")
    ask.add_argument("text", nargs="*", metavar="TEXT", help="the question")
    form = ask.add_mutually_exclusive_group()
    _flag(form, "--json", "print one JSON object")
    lines = 'read {"text": "..."} lines from standard input; print one JSON line for each'
    _flag(form, "--jsonl", lines)
    brief = "read a question on each line of standard input; print one line for each"
    _flag(form, "--brief", brief)
    _flag(form, "--explain", "show how the answer was chosen")
    _add(commands, "chat", "chat in this terminal; needs no bot token")
    example = "timeline 2018 --png timeline.png"
    timeline = _add(commands, example, "list the events with their dates")
    words = "list only events that contain all these words"
    timeline.add_argument("words", nargs="*", metavar="WORD", help=words)
    _path(timeline, "--png", "FILE", "draw it to a PNG file instead")


def _add_editing(commands: _Commands) -> None:
    check = _add(commands, "check --watch", "validate the knowledge folder")
    action = check.add_mutually_exclusive_group()
    _flag(action, "--watch", "check again after every save")
    _flag(action, "--replies", "print every reply instead, for an editor to read")
    example = "evaluate tests/questions/dev/everyday.yaml"
    evaluate = _add(commands, example, "measure accuracy on labelled questions")
    _path(evaluate, "files", "FILE", "a file of labelled questions, or a folder of them", nargs="*")
    _flag(evaluate, "--typos", "add one typo to each question")
    _flag(evaluate, "--mutate", "test altered and left-out phrasings instead of files")
    for limit, outcome, what in (
        ("--at-least-right", "right", "fewer answers are right"),
        ("--at-most-wrong", "wrong", "more answers are wrong"),
        ("--at-most-false", "false", "more of the unanswerable questions are answered"),
    ):
        summary = f"exit with 1 if {what}"
        evaluate.add_argument(limit, dest=outcome, type=float, metavar="PERCENT", help=summary)
    strays = "with --mutate: list what gets another entry, such as phrasings that were left out"
    _path(evaluate, "--strays", "FILE", strays)
    _add(commands, "suggest --knowledge my-article", "find the entries that lack phrasings")
    schema = _add(
        commands, "schema my-article/schemas", "write JSON Schemas for the knowledge files"
    )
    folder = "the folder to write to (default: schemas/ in the knowledge folder)"
    _path(schema, "folder", "DIR", folder, nargs="?")
    copy = _add(commands, "copy my-knowledge", "copy the knowledge folder, to edit it")
    _path(copy, "folder", "DIR", "the folder to create")
    summary = "create a knowledge folder for another article"
    new = _add(commands, "new my-article article.txt", summary, knowledge=False)
    _path(new, "folder", "DIR", "the folder to create")
    text = "the article as a text file (default: standard input)"
    _path(new, "article", "ARTICLE", text, nargs="?")
    for option, what in DETAILS.items():
        asked = f"{what}; asked for if left out"
        new.add_argument(f"--{option}", default="", metavar="TEXT", help=asked)


def _add_feedback(commands: _Commands) -> None:
    summary = "list questions the bot could not answer, and the closest entries"
    unanswered = _add(commands, "unanswered --stub > stub.yaml", summary)
    form = unanswered.add_mutually_exclusive_group()
    _flag(form, "--stub", "print draft entries, as YAML")
    _flag(form, "--json", "print one JSON object")
    stats = _add(commands, "stats", "count questions by outcome, over time")
    _flag(stats, "--json", "print one JSON object")


def _add(
    commands: _Commands, example: str, summary: str, *, knowledge: bool = True
) -> argparse.ArgumentParser:
    """Add the command that an example begins with."""
    parser = commands.add_parser(
        example.partition(" ")[0],
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"For example: treaty-bot {example}",
    )
    if knowledge:
        folder = "the knowledge folder (default: KNOWLEDGE_DIR, or the bundled one)"
        _path(parser, "--knowledge", "DIR", folder)
    return parser


def _flag(parser: _Parser, name: str, what: str) -> None:
    parser.add_argument(name, action="store_true", help=what)


def _path(parser: _Parser, name: str, metavar: str, what: str, nargs: str | None = None) -> None:
    parser.add_argument(name, type=Path, metavar=metavar, help=what, nargs=nargs)
