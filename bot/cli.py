"""The command line: parses the arguments, calls one function, prints, returns an exit status."""

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Literal, TextIO

from bot.answering import Answerer
from bot.arguments import DETAILS, QUESTION, build_parser, completion
from bot.config import load_settings
from bot.errors import InputError, ServingError
from bot.knowledge import default_folder, load_knowledge
from bot.terminal import render
from bot.text_layout import counted


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
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def _discard_output() -> None:
    """Point standard output at /dev/null; else Python reports an error when it flushes on exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _open_null(mode: Literal["r", "w"]) -> TextIO:
    return Path(os.devnull).open(mode, encoding="utf-8")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("treaty-bot")
    except PackageNotFoundError:
        return "(not installed, version unknown)"


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
            print(completion(parser, arguments.completion))
        elif arguments.command:
            status = _COMMANDS[arguments.command](arguments)
        else:
            parser.print_help(sys.stderr)
            status = 2
        sys.stdout.flush()
    except (InputError, ServingError) as error:
        print(f"treaty-bot: {error}", file=sys.stderr)
        return 2 if isinstance(error, InputError) else 1
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


def _folder(arguments: argparse.Namespace) -> Path:
    return arguments.knowledge or load_settings().knowledge_dir or default_folder()


def _load_answerer(arguments: argparse.Namespace) -> Answerer:
    from bot.loading.cache import load_answerer

    def tell_a_person(text: str) -> None:
        if sys.stderr.isatty():
            print(text, file=sys.stderr)

    return load_answerer(_folder(arguments), tell_a_person)


def _ask(arguments: argparse.Namespace) -> int | None:
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
        return None
    text = " ".join(arguments.text)
    if not text.strip():
        raise InputError(f'ask needs a question, for example: treaty-bot ask "{QUESTION}"')
    answerer = _load_answerer(arguments)
    if arguments.explain:
        from bot.terminal.explain import explain

        print(explain(answerer, text))
    elif arguments.json:
        from bot.terminal.json_lines import answer_timed, as_json

        reply, elapsed = answer_timed(answerer, text)
        _print_json(as_json(reply, answerer.knowledge, elapsed))
    else:
        print(render.render(answerer.answer(text), answerer.knowledge))
    return None


def _chat(arguments: argparse.Namespace) -> None:
    from bot.terminal.chat import Chat

    Chat(_load_answerer(arguments), _today()).run(sys.stdin, sys.stdout)


def _timeline(arguments: argparse.Namespace) -> None:
    from bot import timeline

    knowledge, words = load_knowledge(_folder(arguments)), " ".join(arguments.words)
    events = timeline.matching_events(knowledge.events, words)
    if not events and (words or arguments.png):
        raise InputError(timeline.nothing_found(knowledge, words))
    if arguments.png:
        from bot.pictures.canvas import save
        from bot.pictures.timeline import draw

        save(draw(knowledge, events), arguments.png)
        print(f"wrote {arguments.png}: {counted(len(events), 'event')}")
    else:
        print(timeline.as_text(knowledge, _today(), words))


def _check(arguments: argparse.Namespace) -> None:
    from bot.evaluation import check

    if arguments.replies:
        from bot.terminal.replies import all_replies

        print(all_replies(load_knowledge(_folder(arguments)), _today()))
        return
    (check.check_forever if arguments.watch else check.check)(_folder(arguments), sys.stdout)


def _evaluate(arguments: argparse.Namespace) -> int:
    from bot.evaluation import command
    from bot.evaluation.questions import Outcome

    limited: tuple[Outcome, ...] = ("right", "wrong", "false")
    limits = {name: limit for name in limited if (limit := getattr(arguments, name)) is not None}
    if not (arguments.files or arguments.mutate):
        raise InputError("evaluate needs question files: treaty-bot evaluate FILE...")
    if arguments.strays and not arguments.mutate:
        raise InputError("--strays needs --mutate")
    if arguments.mutate and (arguments.files or arguments.typos):
        raise InputError("--mutate makes its own questions; leave out FILE and --typos")
    if arguments.mutate:
        return command.evaluate_mutated(_folder(arguments), limits, arguments.strays)
    answerer = _load_answerer(arguments)
    return command.evaluate(answerer, arguments.files, limits, typos=arguments.typos)


def _suggest(arguments: argparse.Namespace) -> None:
    from bot.evaluation.suggest import suggest

    print(suggest(load_knowledge(_folder(arguments))))


def _schema(arguments: argparse.Namespace) -> None:
    from bot.knowledge.files import is_installed, write_files
    from bot.knowledge.json_schema import SCHEMA_FOLDER, schemas

    folder = arguments.folder or _folder(arguments) / SCHEMA_FOLDER
    if is_installed(folder):
        advice = "copy the knowledge with `treaty-bot copy DIR`, and add --knowledge DIR"
        raise InputError(f"{folder} belongs to the installed program; {advice}")
    print(*write_files(folder, schemas()), sep="\n")


def _copy(arguments: argparse.Namespace) -> None:
    from bot.knowledge.files import copy_folder

    copy_folder(_folder(arguments), arguments.folder)
    print(
        f"{arguments.folder} is yours to edit, with this running in another terminal:\n"
        f"  treaty-bot check --watch --knowledge {arguments.folder}\n"
        f"To let the bot answer from it, set KNOWLEDGE_DIR={arguments.folder.resolve()}"
    )


def _new(arguments: argparse.Namespace) -> int | None:
    from bot.knowledge.scaffold import Details, new_folder, read_article

    asks = sys.stdin.isatty()
    answers = (
        getattr(arguments, option) or (input(f"{what}: ").strip() if asks else "")
        for option, what in DETAILS.items()
    )
    try:
        details = Details(*answers)
    except EOFError:  # Ctrl-D at a question
        return 130
    if asks and not arguments.article:
        print("Paste the article's text, then press Ctrl-D on a line of its own.")
    print(new_folder(arguments.folder, read_article(arguments.article), details))
    return None


def _unanswered(arguments: argparse.Namespace) -> None:
    from bot.feedback import unanswered
    from bot.store import Questions, open_existing

    answerer = _load_answerer(arguments)
    with open_existing(load_settings().database_path) as store:
        saved = unanswered.read_saved(Questions(store))
    asked = unanswered.collect(*saved, answerer)
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
    from bot.telegram.run import run

    settings = load_settings()
    return run(settings, arguments.knowledge or settings.knowledge_dir)


_COMMANDS = {
    run.__name__.removeprefix("_"): run
    for run in (
        *(_ask, _chat, _timeline, _check, _evaluate, _suggest, _schema, _copy, _new),
        *(_unanswered, _stats, _doctor, _run),
    )
}
