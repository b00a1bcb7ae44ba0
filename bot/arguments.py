"""The command line: which commands there are, what they take, and what `--help` says of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

EXAMPLE = "when does the INF treaty end?"

# Their type has no public name, and takes its parameter in annotations alone.
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


def parsed(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments; `command` is the command's name. Ends with status 2 where they are wrong."""
    made = parser()
    arguments = made.parse_args(argv)
    if arguments.command is None:
        made.print_help(sys.stderr)
        made.exit(2)
    return arguments


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    made = argparse.ArgumentParser(
        prog="treaty-bot",
        description="Answers questions about one news article and quotes the passage.",
        epilog=f'Try: treaty-bot ask "{EXAMPLE}". Each COMMAND has a --help of its own.',
    )
    commands = made.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    _asking(commands)
    _knowledge(commands)
    _learning(commands)
    _command(commands, "doctor", "check the settings, Telegram, the store and the clock", "doctor")
    _command(commands, "run", "serve Telegram: long polling, or a webhook if set", "run")
    return made


def _asking(commands: _Commands) -> None:
    ask = _command(commands, "ask", "answer one question, or a file of them", f'ask "{EXAMPLE}"')
    ask.add_argument("text", nargs="*", metavar="TEXT", help="the question")
    form = ask.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument(
        "--jsonl",
        action="store_true",
        help='JSON Lines on stdin, {"text": "..."} each; a JSON object a line out, in that order',
    )
    form.add_argument("--explain", action="store_true", help="show why it is answered like this")
    _command(commands, "chat", "a conversation in this terminal, no token needed", "chat")
    shown = "timeline 2018 --png timeline.png"
    timeline = _command(commands, "timeline", "the events with their dates", shown)
    timeline.add_argument(
        "words", nargs="*", metavar="WORD", help="only events that have all these words"
    )
    timeline.add_argument("--png", type=Path, metavar="FILE", help="write it as a picture")


def _knowledge(commands: _Commands) -> None:
    check = _command(commands, "check", "verify the knowledge folder", "check --watch")
    check.add_argument("--watch", action="store_true", help="check again after every save")
    files = "evaluate tests/questions/dev/everyday.yaml"
    evaluate = _command(commands, "evaluate", "score files of labelled questions", files)
    evaluate.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="questions, each with what answers it"
    )
    evaluate.add_argument("--typos", action="store_true", help="put one typo into each question")
    evaluate.add_argument("--mutate", action="store_true", help="question the phrasings themselves")
    evaluate.add_argument(
        "--at-most-wrong",
        type=float,
        metavar="PERCENT",
        help="with --mutate: fail if more of the left-out phrasings are answered wrongly",
    )
    schema = _command(
        commands,
        "schema",
        "write the JSON Schemas of the knowledge files",
        "schema my-article/schemas",
    )
    schema.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="where to (default: schemas/ in the knowledge folder)",
    )
    begin = "begin a knowledge folder for another article"
    new = _command(commands, "new", begin, "new my-article article.txt", knowledge=False)
    new.add_argument("folder", type=Path, metavar="DIR", help="the folder to make")
    new.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")


def _learning(commands: _Commands) -> None:
    vain = "what people asked in vain, in groups, with the nearest entry"
    unanswered = _command(commands, "unanswered", vain, "unanswered --stub > stub.yaml")
    way = unanswered.add_mutually_exclusive_group()
    way.add_argument("--stub", action="store_true", help="entries to begin with, and their effect")
    way.add_argument("--json", action="store_true", help="print one JSON object")
    told = "what became of the questions, over time"
    stats = _command(commands, "stats", told, "stats --png stats.png")
    stats.add_argument("--png", type=Path, metavar="FILE", help="write it as a picture")
    stats.add_argument("--json", action="store_true", help="print one JSON object")


def _command(
    commands: _Commands, name: str, summary: str, example: str, *, knowledge: bool = True
) -> argparse.ArgumentParser:
    described = f"{summary[0].upper()}{summary[1:]}."
    tried = f"For example: treaty-bot {example}"
    made = commands.add_parser(name, help=summary, description=described, epilog=tried)
    if knowledge:
        made.add_argument(
            "--knowledge",
            type=Path,
            metavar="DIR",
            help="the knowledge folder (default: KNOWLEDGE_DIR, or the one shipped)",
        )
    return made
