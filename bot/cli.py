"""The commands; thin: arguments in, one call, text out, an exit status."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import terminal
from bot.answering import Answerer
from bot.config import load_settings
from bot.errors import InputError
from bot.knowledge import Knowledge, load_knowledge

Command = Callable[[argparse.Namespace], int]
EXAMPLE = "when does the INF treaty end?"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Status 0: done; 1: failed at run time; 2: wrong input."""
    arguments = _parser().parse_args(argv)
    command: Command = arguments.command
    try:
        status = command(arguments)
        sys.stdout.flush()
    except InputError as error:
        print(f"treaty-bot: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read our output has left; Python must not complain of it while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="treaty-bot",
        description="Answers questions about one news article and quotes the passage.",
        epilog=f'Try: treaty-bot ask "{EXAMPLE}"',
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    ask = _command(commands, "ask", _ask, "answer one question, or a file of them")
    ask.add_argument("text", nargs="*", metavar="TEXT", help="the question")
    form = ask.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--jsonl", action="store_true", help="JSON Lines on stdin, likewise out")
    form.add_argument("--explain", action="store_true", help="show why it is answered like this")
    _command(commands, "chat", _chat, "a conversation in this terminal, no token needed")
    timeline = _command(commands, "timeline", _timeline, "the events with their dates")
    timeline.add_argument("words", nargs="*", metavar="WORD", help="only events with these words")
    timeline.add_argument("--png", type=Path, metavar="FILE", help="write it as a picture")
    check = _command(commands, "check", _check, "verify the knowledge folder")
    check.add_argument("--watch", action="store_true", help="check again after every save")
    evaluate = _command(commands, "evaluate", _evaluate, "score files of labelled questions")
    evaluate.add_argument("files", nargs="*", type=Path, metavar="FILE")
    evaluate.add_argument("--typos", action="store_true", help="put one typo into each question")
    evaluate.add_argument("--mutate", action="store_true", help="question the phrasings themselves")
    evaluate.add_argument("--baselines", action="store_true", help="compare with other matchers")
    evaluate.add_argument(
        "--at-most-wrong",
        type=float,
        metavar="PERCENT",
        help="with --mutate: fail if more of the left-out phrasings are answered wrongly",
    )
    schema = _command(commands, "schema", _schema, "write the JSON Schemas of the knowledge files")
    schema.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="default: its schemas/")
    begin = "begin a knowledge folder for another article"
    new = _command(commands, "new", _new, begin, knowledge=False)
    new.add_argument("folder", type=Path, metavar="DIR", help="the folder to make")
    new.add_argument("article", type=Path, metavar="ARTICLE", help="the article as a text file")
    vain = "what people asked in vain, in groups, with the nearest entry"
    unanswered = _command(commands, "unanswered", _unanswered, vain)
    way = unanswered.add_mutually_exclusive_group()
    way.add_argument("--stub", action="store_true", help="entries to begin with, and their effect")
    way.add_argument("--json", action="store_true", help="print one JSON object")
    stats = _command(commands, "stats", _stats, "what became of the questions, over time")
    stats.add_argument("--png", type=Path, metavar="FILE", help="write it as a picture")
    stats.add_argument("--json", action="store_true", help="print one JSON object")
    _command(commands, "doctor", _doctor, "check the settings, Telegram, the store and the clock")
    _command(commands, "run", _run, "serve Telegram: long polling, or a webhook if set")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Command,
    summary: str,
    *,
    knowledge: bool = True,
) -> argparse.ArgumentParser:
    described = f"{summary[0].upper()}{summary[1:]}."
    parser = commands.add_parser(name, help=summary, description=described)
    parser.set_defaults(command=run)
    if knowledge:
        parser.add_argument(
            "--knowledge",
            type=Path,
            metavar="DIR",
            help="the knowledge folder (default: KNOWLEDGE_DIR, or the one shipped)",
        )
    return parser


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _load(arguments: argparse.Namespace) -> Knowledge:
    return load_knowledge(arguments.knowledge or load_settings().knowledge_dir)


def _prepare(arguments: argparse.Namespace) -> Answerer:
    from bot.prepared import prepare

    return prepare(arguments.knowledge or load_settings().knowledge_dir)


def _ask(arguments: argparse.Namespace) -> int:
    from bot import asking

    if arguments.jsonl:
        if arguments.text:
            raise InputError("--jsonl reads the questions from stdin; leave TEXT out")
        return asking.answer_lines(_prepare(arguments), sys.stdin.buffer, sys.stdout)
    text = " ".join(arguments.text)
    if not text.strip():
        raise InputError(f'ask needs a question, for example: treaty-bot ask "{EXAMPLE}"')
    answerer = _prepare(arguments)
    if arguments.explain:
        from bot.explaining import explained

        print(explained(answerer, text))
    elif arguments.json:
        print(json.dumps(asking.as_json(answerer, text), ensure_ascii=False, indent=2))
    else:
        print(terminal.render(answerer.answer(text), answerer.knowledge, _today()))
    return 0


def _chat(arguments: argparse.Namespace) -> int:
    from bot.chat import Chat

    return Chat(_prepare(arguments), _today()).run(sys.stdin, sys.stdout)


def _timeline(arguments: argparse.Namespace) -> int:
    from bot import timeline

    knowledge, words = _load(arguments), " ".join(arguments.words)
    if arguments.png:
        from bot.pictures import save
        from bot.timeline_picture import draw

        events = timeline.matching_events(knowledge.events, words)
        if not events:
            raise InputError(timeline.nothing_found(words))
        save(draw(knowledge, events), arguments.png)
        print(f"wrote {arguments.png}: {len(events)} event{'s' * (len(events) != 1)}")
    else:
        print(timeline.as_text(knowledge, _today(), words))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from bot import checking

    folder = arguments.knowledge or load_settings().knowledge_dir
    if arguments.watch:
        from bot.watching import check_forever

        check_forever(folder, sys.stdout)
        return 0
    print(checking.report(folder))
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from bot.evaluation import command

    if arguments.mutate:
        return command.mutated(_load(arguments), arguments.at_most_wrong)
    if not arguments.files:
        raise InputError("name the question files: treaty-bot evaluate FILE...")
    knowledge = _load(arguments)
    options = {"typos": arguments.typos, "baselines": arguments.baselines}
    print(command.evaluate(knowledge, arguments.files, **options))
    return 0


def _schema(arguments: argparse.Namespace) -> int:
    from bot.knowledge import default_folder
    from bot.schemas import FOLDER, write_schemas

    knowledge = arguments.knowledge or load_settings().knowledge_dir or default_folder()
    print(*write_schemas(arguments.folder or knowledge / FOLDER), sep="\n")
    return 0


def _new(arguments: argparse.Namespace) -> int:
    from bot.scaffold import new_folder

    print(new_folder(arguments.folder, arguments.article))
    return 0


def _unanswered(arguments: argparse.Namespace) -> int:
    from bot.reviewing import unanswered_report

    path, answerer = load_settings().database_path, _prepare(arguments)
    print(unanswered_report(path, answerer, stub=arguments.stub, as_json=arguments.json))
    return 0


def _stats(arguments: argparse.Namespace) -> int:
    from bot.reviewing import stats_report

    path, form = load_settings().database_path, {"png": arguments.png, "as_json": arguments.json}
    print(stats_report(path, lambda: _load(arguments), **form))
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.doctor import examine

    return examine(load_settings(), arguments.knowledge, sys.stdout)


def _run(arguments: argparse.Namespace) -> int:
    # Before the library is loaded: it then gives waiting times as timedelta, without a warning.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    from bot.reloading import KnowledgeKeeper
    from bot.telegram.running import run

    settings = load_settings()
    return run(settings, KnowledgeKeeper(arguments.knowledge or settings.knowledge_dir))
