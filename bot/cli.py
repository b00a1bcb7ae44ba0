"""The commands; thin: arguments in, one call, text out, an exit status."""

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

from bot.answering import Answerer
from bot.config import load_settings
from bot.errors import InputError
from bot.knowledge import Knowledge, load_knowledge
from bot.terminal import render


def load_answerer() -> None:
    """Make the streams usable: none missing, no character that cannot be read or written.

    Where standard output is closed, writing to it raises `OSError`, as on a full disk.
    """
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stderr = sys.stderr or _nowhere("w")
    sys.stdout = sys.stdout or _nowhere("r")
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def write_utf8() -> None:
    """Write UTF-8 from now on, whatever the terminal's encoding: JSON and YAML are read so."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def discard_output() -> None:
    """Let nothing more be written to standard output; Python would complain while closing it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _nowhere(mode: Literal["r", "w"]) -> TextIO:
    return Path(os.devnull).open(mode, encoding="utf-8")


EXAMPLE = "when does the INF treaty end?"

# Their type has no public name, and takes its parameter in annotations alone.
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
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


Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Status 0: done; 1: failed at run time; 2: wrong input."""
    arguments = parse_arguments(argv)
    load_answerer()
    try:
        status = _COMMANDS[arguments.command](arguments)
        sys.stdout.flush()
    except InputError as error:
        print(f"treaty-bot: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read our output has left
        discard_output()
        return 0
    except OSError as error:
        discard_output()
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
    from bot.loading.cache import load_answerer

    return load_answerer(arguments.knowledge or load_settings().knowledge_dir)


def _ask(arguments: argparse.Namespace) -> int:
    if arguments.jsonl:
        if arguments.text:
            raise InputError("--jsonl reads the questions from stdin; leave TEXT out")
        from bot.terminal.json_lines import answer_lines

        write_utf8()
        return answer_lines(_prepare(arguments), sys.stdin.buffer, sys.stdout)
    text = " ".join(arguments.text)
    if not text.strip():
        raise InputError(f'ask needs a question, for example: treaty-bot ask "{EXAMPLE}"')
    answerer = _prepare(arguments)
    if arguments.explain:
        from bot.terminal.explain import explained

        print(explained(answerer, text))
    elif arguments.json:
        from bot.terminal.json_lines import as_json

        write_utf8()
        print(json.dumps(as_json(answerer, text), ensure_ascii=False, indent=2))
    else:
        print(render.render(answerer.answer(text), answerer.knowledge, _today()))
    return 0


def _chat(arguments: argparse.Namespace) -> int:
    from bot.terminal.chat import Chat

    return Chat(_prepare(arguments), _today()).run(sys.stdin, sys.stdout)


def _timeline(arguments: argparse.Namespace) -> int:
    from bot import timeline

    knowledge, words = _load(arguments), " ".join(arguments.words)
    if arguments.png:
        from bot.pictures.canvas import save
        from bot.pictures.timeline import draw

        events = timeline.matching_events(knowledge.events, words)
        if not events:
            raise InputError(timeline.nothing_found(words))
        save(draw(knowledge, events), arguments.png)
        print(f"wrote {arguments.png}: {len(events)} event{'s' * (len(events) != 1)}")
    else:
        print(timeline.as_text(knowledge, _today(), words))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from bot.knowledge import check

    folder = arguments.knowledge or load_settings().knowledge_dir
    if arguments.watch:
        from bot.knowledge.check import check_forever

        check_forever(folder, sys.stdout)
        return 0
    print(check.report(folder))
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
    from bot.knowledge.format import FOLDER, write_schemas

    knowledge = arguments.knowledge or load_settings().knowledge_dir or default_folder()
    print(*write_schemas(arguments.folder or knowledge / FOLDER), sep="\n")
    return 0


def _new(arguments: argparse.Namespace) -> int:
    from bot.knowledge.scaffold import new_folder

    print(new_folder(arguments.folder, arguments.article))
    return 0


def _unanswered(arguments: argparse.Namespace) -> int:
    from bot.feedback import unanswered
    from bot.store import Questions, existing

    answerer = _prepare(arguments)
    with existing(load_settings().database_path) as store:
        asked = unanswered.collect(Questions(store), answerer)
    if arguments.stub:
        from bot.feedback.drafts import as_stub

        write_utf8()
        print(as_stub(asked, answerer))
    elif arguments.json:
        _print_json(unanswered.as_json(asked, answerer))
    else:
        print(unanswered.as_text(asked, answerer))
    return 0


def _stats(arguments: argparse.Namespace) -> int:
    from bot.feedback import stats
    from bot.store import existing

    with existing(load_settings().database_path) as store:
        found = stats.read(store)
    if arguments.png:
        from bot.pictures.canvas import save
        from bot.pictures.stats import draw

        save(draw(found, _load(arguments)), arguments.png)
    if arguments.json:
        _print_json(stats.as_json(found))
    else:
        print(stats.as_text(found))
    return 0


def _print_json(value: object) -> None:
    write_utf8()
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.doctor import examine

    return examine(load_settings(), arguments.knowledge, sys.stdout)


def _run(arguments: argparse.Namespace) -> int:
    # Before the library is loaded: it then gives waiting times as timedelta, without a warning.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    from bot.loading.reload import KnowledgeReloader
    from bot.telegram.run import run

    settings = load_settings()
    return run(settings, KnowledgeReloader(arguments.knowledge or settings.knowledge_dir))


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
