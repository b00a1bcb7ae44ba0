"""The command line: parses the arguments, calls one function, prints, returns an exit status."""

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

from bot.answering import Answerer
from bot.config import load_settings
from bot.errors import InputError
from bot.knowledge import default_folder, load_knowledge
from bot.terminal import render


def _prepare_streams() -> None:
    """Replace closed standard streams, and let "?" stand in for characters they cannot encode."""
    sys.stdin = sys.stdin or _open_null("r")
    sys.stderr = sys.stderr or _open_null("w")
    sys.stdout = sys.stdout or _open_null("r")  # writing raises OSError, as on a full disk
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _write_utf8() -> None:
    """Switch standard output to UTF-8, which programs that read JSON or YAML expect."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def _discard_output() -> None:
    """Point standard output at /dev/null; else Python reports an error when it flushes on exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _open_null(mode: Literal["r", "w"]) -> TextIO:
    return Path(os.devnull).open(mode, encoding="utf-8")


_EXAMPLE = "What is the article about?"
_DETAILS = {
    "title": "the headline (default: the first line)",
    "publisher": "who published it",
    "place": "where it was published (default: the place in the dateline, if any)",
    "date": "the day of publication, like 2019-07-05; finds dates without a year",
}

# A private class of argparse, generic only for type checkers.
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
_Run: TypeAlias = Callable[[argparse.Namespace], int | None]  # None: done, status 0


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("treaty-bot")
    except PackageNotFoundError:
        return "(not installed, version unknown)"


def _completion(parser: argparse.ArgumentParser, shell: str) -> str:
    """A script for a shell that completes commands, options and paths."""
    import shtab

    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    for command in commands.choices.values():
        for action in command._actions:
            if action.type is Path:
                action.complete = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE
    return str(shtab.complete(parser, shell))


def build_parser() -> argparse.ArgumentParser:
    """Build the parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="treaty-bot",
        description="Answers questions about one news article and quotes the passage.",
        epilog=f'Try: treaty-bot ask "{_EXAMPLE}". For the options of a command, run'
        " treaty-bot COMMAND --help.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    shells = ("bash", "zsh", "fish", "tcsh", "powershell")
    summary = "print a script that completes commands in a shell, and exit"
    parser.add_argument("--completion", choices=shells, help=summary)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    _add_asking(commands)
    _add_editing(commands)
    _add_feedback(commands)
    summary = "check the settings, Telegram, the database and the clock"
    _add_command(commands, _doctor, summary, "doctor")
    _add_command(commands, _run, "run the Telegram bot, by long polling or a webhook", "run")
    return parser


def _add_asking(commands: _Commands) -> None:
    summary = "answer one question, or many from standard input"
    ask = _add_command(commands, _ask, summary, f'ask "{_EXAMPLE}"')
    ask.add_argument("text", nargs="*", metavar="TEXT", help="the question")
    form = ask.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    lines = 'read {"text": "..."} lines from standard input; print one JSON line for each'
    form.add_argument("--jsonl", action="store_true", help=lines)
    brief = "read a question on each line of standard input; print one line for each"
    form.add_argument("--brief", action="store_true", help=brief)
    form.add_argument("--explain", action="store_true", help="show how the answer was chosen")
    _add_command(commands, _chat, "chat in this terminal; needs no bot token", "chat")
    example = "timeline 2018 --png timeline.png"
    timeline = _add_command(commands, _timeline, "list the events with their dates", example)
    words = "list only events that contain all these words"
    timeline.add_argument("words", nargs="*", metavar="WORD", help=words)
    timeline.add_argument("--png", type=Path, metavar="FILE", help="draw it to a PNG file instead")


def _add_editing(commands: _Commands) -> None:
    check = _add_command(commands, _check, "validate the knowledge folder", "check --watch")
    check.add_argument("--watch", action="store_true", help="check again after every save")
    replies = "print every reply instead, for an editor to read"
    check.add_argument("--replies", action="store_true", help=replies)
    example = "evaluate tests/questions/dev/everyday.yaml"
    summary = "measure accuracy on labelled questions"
    evaluate = _add_command(commands, _evaluate, summary, example)
    files = "a file of labelled questions, or a folder of them"
    evaluate.add_argument("files", nargs="*", type=Path, metavar="FILE", help=files)
    evaluate.add_argument("--typos", action="store_true", help="add one typo to each question")
    mutate = "test altered and left-out phrasings instead of files"
    evaluate.add_argument("--mutate", action="store_true", help=mutate)
    for limit, what in (
        ("--at-least-right", "fewer answers are right"),
        ("--at-most-wrong", "more answers are wrong"),
        ("--at-most-false", "more of the unanswerable questions are answered"),
    ):
        evaluate.add_argument(limit, type=float, metavar="PERCENT", help=f"exit with 1 if {what}")
    strays = "with --mutate: list what gets another entry, such as phrasings that were left out"
    evaluate.add_argument("--strays", type=Path, metavar="FILE", help=strays)
    summary = "find the entries that lack phrasings"
    _add_command(commands, _suggest, summary, "suggest --knowledge my-article")
    summary = "write JSON Schemas for the knowledge files"
    schema = _add_command(commands, _schema, summary, "schema my-article/schemas")
    folder = "the folder to write to (default: schemas/ in the knowledge folder)"
    schema.add_argument("folder", nargs="?", type=Path, metavar="DIR", help=folder)
    summary = "copy the knowledge folder, to edit it"
    copy = _add_command(commands, _copy, summary, "copy my-knowledge")
    copy.add_argument("folder", type=Path, metavar="DIR", help="the folder to create")
    summary = "create a knowledge folder for another article"
    new = _add_command(commands, _new, summary, "new my-article article.txt", knowledge=False)
    new.add_argument("folder", type=Path, metavar="DIR", help="the folder to create")
    text = "the article as a text file (default: standard input)"
    new.add_argument("article", nargs="?", type=Path, metavar="ARTICLE", help=text)
    for option, what in _DETAILS.items():
        new.add_argument(
            f"--{option}", default="", metavar="TEXT", help=f"{what}; asked for if left out"
        )


def _add_feedback(commands: _Commands) -> None:
    summary = "list questions the bot could not answer, and the closest entries"
    unanswered = _add_command(commands, _unanswered, summary, "unanswered --stub > stub.yaml")
    form = unanswered.add_mutually_exclusive_group()
    form.add_argument("--stub", action="store_true", help="print draft entries, as YAML")
    form.add_argument("--json", action="store_true", help="print one JSON object")
    summary = "count questions by outcome, over time"
    stats = _add_command(commands, _stats, summary, "stats")
    stats.add_argument("--json", action="store_true", help="print one JSON object")


def _add_command(
    commands: _Commands, run: _Run, summary: str, example: str, *, knowledge: bool = True
) -> argparse.ArgumentParser:
    """Add the command that `run` is named after."""
    description = f"{summary[0].upper()}{summary[1:]}."
    epilog = f"For example: treaty-bot {example}"
    name = run.__name__.removeprefix("_")
    parser = commands.add_parser(name, help=summary, description=description, epilog=epilog)
    parser.set_defaults(run=run)
    if knowledge:
        folder = "the knowledge folder (default: KNOWLEDGE_DIR, or the bundled one)"
        parser.add_argument("--knowledge", type=Path, metavar="DIR", help=folder)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit status 0: done; 1: failed at run time; 2: wrong input."""
    parser = build_parser()
    arguments = parser.parse_args(argv)
    _prepare_streams()
    status: int | None = None
    try:
        if arguments.version:
            print(f"treaty-bot {_version()}")
        elif arguments.completion:
            print(_completion(parser, arguments.completion))
        elif arguments.command:
            status = arguments.run(arguments)
        else:
            parser.print_help(sys.stderr)
            status = 2
        sys.stdout.flush()
    except InputError as error:
        print(f"treaty-bot: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # as in `treaty-bot ... | head -1`
        _discard_output()
        return 0
    except OSError as error:
        _discard_output()
        where = error.filename or "standard output"
        print(f"treaty-bot: {where}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status or 0


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _folder(arguments: argparse.Namespace) -> Path | None:
    return arguments.knowledge or load_settings().knowledge_dir


def _load_answerer(arguments: argparse.Namespace) -> Answerer:
    from bot.loading.cache import load_answerer

    return load_answerer(_folder(arguments), _tell)


def _tell(text: str) -> None:
    """Report progress to a person, and to nobody else."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


def _ask(arguments: argparse.Namespace) -> int:
    if arguments.text and (arguments.jsonl or arguments.brief):
        form = "--jsonl" if arguments.jsonl else "--brief"
        raise InputError(f"{form} reads questions from standard input; leave TEXT out")
    if arguments.jsonl:
        from bot.terminal.json_lines import answer_lines

        _write_utf8()
        return answer_lines(_load_answerer(arguments), sys.stdin.buffer, sys.stdout)
    if arguments.brief:
        answerer = _load_answerer(arguments)
        for line in filter(str.strip, sys.stdin):
            print(render.brief(answerer.answer(line.strip())))
        return 0
    text = " ".join(arguments.text)
    if not text.strip():
        raise InputError(f'ask needs a question, for example: treaty-bot ask "{_EXAMPLE}"')
    answerer = _load_answerer(arguments)
    if arguments.explain:
        from bot.terminal.explain import explain

        print(explain(answerer, text))
    elif arguments.json:
        from bot.terminal.json_lines import as_json

        _print_json(as_json(answerer, text)[0])
    else:
        print(render.render(answerer.answer(text), answerer.knowledge))
    return 0


def _chat(arguments: argparse.Namespace) -> int:
    from bot.terminal.chat import Chat

    return Chat(_load_answerer(arguments), _today()).run(sys.stdin, sys.stdout)


def _timeline(arguments: argparse.Namespace) -> None:
    from bot import timeline

    knowledge, words = load_knowledge(_folder(arguments)), " ".join(arguments.words)
    if arguments.png:
        from bot.pictures.canvas import save
        from bot.pictures.timeline import draw

        events = timeline.matching_events(knowledge.events, words)
        if not events:
            raise InputError(timeline.nothing_found(knowledge, words))
        save(draw(knowledge, events), arguments.png)
        print(f"wrote {arguments.png}: {len(events)} event{'s' * (len(events) != 1)}")
    else:
        print(timeline.as_text(knowledge, _today(), words))


def _check(arguments: argparse.Namespace) -> None:
    from bot.evaluation import check

    if arguments.replies:
        from bot.terminal.proofs import all_replies

        print(all_replies(load_knowledge(_folder(arguments)), _today()))
        return
    (check.check_forever if arguments.watch else check.check)(_folder(arguments), sys.stdout)


def _evaluate(arguments: argparse.Namespace) -> int:
    from bot.evaluation import command
    from bot.evaluation.questions import Outcome

    bounds: dict[Outcome, float | None] = {
        "right": arguments.at_least_right,
        "wrong": arguments.at_most_wrong,
        "false": arguments.at_most_false,
    }
    limits = {name: limit for name, limit in bounds.items() if limit is not None}
    if not (arguments.files or arguments.mutate):
        raise InputError("evaluate needs question files: treaty-bot evaluate FILE...")
    if arguments.mutate:
        return command.mutated(_folder(arguments), limits, arguments.strays)
    answerer = _load_answerer(arguments)
    return command.evaluate(answerer, arguments.files, limits, typos=arguments.typos)


def _suggest(arguments: argparse.Namespace) -> None:
    from bot.evaluation.suggest import suggest

    print(suggest(load_knowledge(_folder(arguments))))


def _schema(arguments: argparse.Namespace) -> None:
    from bot.knowledge.files import is_installed, write_files
    from bot.knowledge.format import SCHEMA_FOLDER, schemas

    folder = arguments.folder or (_folder(arguments) or default_folder()) / SCHEMA_FOLDER
    if is_installed(folder):
        advice = "copy the knowledge with `treaty-bot copy DIR`, and add --knowledge DIR"
        raise InputError(f"{folder} belongs to the installed program; {advice}")
    print(*write_files(folder, schemas()), sep="\n")


def _copy(arguments: argparse.Namespace) -> None:
    from bot.knowledge.files import copy_folder

    copy_folder(_folder(arguments) or default_folder(), arguments.folder)
    print(
        f"{arguments.folder} is yours to edit, with this running in another terminal:\n"
        f"  treaty-bot check --watch --knowledge {arguments.folder}\n"
        f"To let the bot answer from it, set KNOWLEDGE_DIR={arguments.folder.resolve()}"
    )


def _new(arguments: argparse.Namespace) -> int:
    from bot.knowledge.scaffold import Details, new_folder, read_article

    asks = sys.stdin.isatty()
    answers = (
        getattr(arguments, option) or (input(f"{what}: ").strip() if asks else "")
        for option, what in _DETAILS.items()
    )
    details = Details(*answers)
    if asks and not arguments.article:
        print("Paste the article's text, then press Ctrl-D on a line of its own.")
    print(new_folder(arguments.folder, read_article(arguments.article), details))
    return 0


def _unanswered(arguments: argparse.Namespace) -> None:
    from bot.feedback import unanswered
    from bot.store import Questions, open_existing

    answerer = _load_answerer(arguments)
    with open_existing(load_settings().database_path) as store:
        asked = unanswered.collect(Questions(store), answerer)
    if arguments.stub:
        from bot.feedback.drafts import as_stub

        _write_utf8()
        print(as_stub(asked, answerer))
    elif arguments.json:
        _print_json(unanswered.as_json(asked, answerer))
    else:
        print(unanswered.as_text(asked, answerer))


def _stats(arguments: argparse.Namespace) -> None:
    from bot.feedback import stats
    from bot.store import Questions, open_existing

    with open_existing(load_settings().database_path) as store:
        found = stats.summarise(Questions(store).counts(), store.today())
    if arguments.json:
        _print_json(stats.as_json(found))
    else:
        print(stats.as_text(found))


def _print_json(value: object) -> None:
    _write_utf8()
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.doctor import run_checks

    return run_checks(load_settings(), arguments.knowledge, sys.stdout)


def _run(arguments: argparse.Namespace) -> int:
    # Before python-telegram-bot is imported: it otherwise warns about retry times in seconds.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    from bot.telegram.run import run

    settings = load_settings()
    return run(settings, arguments.knowledge or settings.knowledge_dir)
