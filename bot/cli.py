"""The commands; thin: arguments in, one call, text out, an exit status."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from bot import streams, terminal
from bot.answering import Answerer
from bot.arguments import EXAMPLE, parsed
from bot.config import load_settings
from bot.errors import InputError
from bot.knowledge import Knowledge, load_knowledge

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Status 0: done; 1: failed at run time; 2: wrong input."""
    arguments = parsed(argv)
    streams.prepare()
    try:
        status = _COMMANDS[arguments.command](arguments)
        sys.stdout.flush()
    except InputError as error:
        print(f"treaty-bot: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read our output has left
        streams.abandon()
        return 0
    except OSError as error:
        streams.abandon()
        where = error.filename or "the output"
        print(f"treaty-bot: cannot go on with {where}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _load(arguments: argparse.Namespace) -> Knowledge:
    return load_knowledge(arguments.knowledge or load_settings().knowledge_dir)


def _prepare(arguments: argparse.Namespace) -> Answerer:
    from bot.prepared import prepare

    return prepare(arguments.knowledge or load_settings().knowledge_dir)


def _ask(arguments: argparse.Namespace) -> int:
    if arguments.jsonl:
        if arguments.text:
            raise InputError("--jsonl reads the questions from stdin; leave TEXT out")
        from bot.jsonl import answer_lines

        streams.for_programs()
        return answer_lines(_prepare(arguments), sys.stdin.buffer, sys.stdout)
    text = " ".join(arguments.text)
    if not text.strip():
        raise InputError(f'ask needs a question, for example: treaty-bot ask "{EXAMPLE}"')
    answerer = _prepare(arguments)
    if arguments.explain:
        from bot.explaining import explained

        print(explained(answerer, text))
    elif arguments.json:
        from bot.asking import as_json

        streams.for_programs()
        print(json.dumps(as_json(answerer, text), ensure_ascii=False, indent=2))
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
    print(command.evaluate(knowledge, arguments.files, typos=arguments.typos))
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
    if arguments.json or arguments.stub:
        streams.for_programs()
    print(unanswered_report(path, answerer, stub=arguments.stub, as_json=arguments.json))
    return 0


def _stats(arguments: argparse.Namespace) -> int:
    from bot.reviewing import stats_report

    if arguments.json:
        streams.for_programs()
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


_COMMANDS: Mapping[str, Command] = {
    "ask": _ask,
    "chat": _chat,
    "timeline": _timeline,
    "check": _check,
    "evaluate": _evaluate,
    "schema": _schema,
    "new": _new,
    "unanswered": _unanswered,
    "stats": _stats,
    "doctor": _doctor,
    "run": _run,
}
