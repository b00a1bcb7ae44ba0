"""The files of a knowledge folder."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from bot.errors import InputError, KnowledgeError, Problem
from bot.knowledge.nearest import meant_name, meant_word, rename

FILES = ("article.txt", "source.yaml", "answers.yaml", "timeline.yaml", "vocabulary.yaml")
PHRASINGS = "phrasings"  # a folder inside it, with text files named after entries and gaps


def knowledge_files(folder: Path) -> list[Path]:
    """Every file that belongs to the folder; those in `FILES` need not exist."""
    texts = sorted((folder / PHRASINGS).glob("[!.]*.txt"))
    return [*(folder / name for name in FILES), *texts]


def missing(path: Path) -> str:
    """What to do about a file that is missing: rename one that is there, or put it back."""
    others = [other.name for other in _others(path.parent)] if path.parent.is_dir() else []
    named = [other for other in others if meant_name(other, [path.stem])]
    similar = named or [
        other for other in others if meant_word(other.partition(".")[0], [path.stem])
    ]
    return rename(similar[0], path.name) if similar else "put it back, or use the right folder"


def copies(folder: Path) -> list[Problem]:
    """A problem for each file that may be mistaken for one of `FILES`, which is there too."""
    names = {Path(name).stem: name for name in FILES if (folder / name).exists()}
    texts = {"", ".txt", ".yaml", ".yml"}  # not the article as a PDF
    copied = [path for path in _others(folder) if path.suffix.lower() in texts]
    mend = "if it is the newer one, let it replace that, otherwise move it out of this folder or"
    return [
        Problem(path.name, None, f"is not read, only {names[stem]} is; {mend} delete it")
        for path in copied
        if (stem := meant_name(path.name, names))
    ]


def _others(folder: Path) -> list[Path]:
    """The files in a folder that are not in `FILES`, but for backups of text editors."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in FILES and not is_backup(path)
    ]


def is_backup(path: Path) -> bool:
    """Whether a file is one that a text editor leaves behind."""
    name = path.name
    return name[0] in ".#" or name[-1] == "~" or path.suffix in {".bak", ".orig", ".swp", ".tmp"}


def require_folder(folder: Path) -> None:
    """Raise `KnowledgeError` if there is no such folder."""
    if not folder.is_dir():
        reason = "is not a folder; give a knowledge folder with --knowledge or KNOWLEDGE_DIR"
        raise KnowledgeError(Problem(str(folder), None, reason))


def is_installed(path: Path) -> bool:
    """Whether a file or folder is inside the installed package, where nothing should be edited."""
    return path.resolve().is_relative_to(Path(__file__).resolve().parent.parent)


def write_files(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write files into a folder, creating it if needed; raise `InputError` if that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_bytes(text.encode())
    except OSError as error:
        reason = f"cannot be written ({error.strerror}); choose another folder"
        raise InputError(f"{error.filename}: {reason}") from None
    return [folder / name for name in texts]


def require_new(folder: Path) -> None:
    """Raise `InputError` if there is anything in a place that is meant for a new folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty; choose a folder that does not exist yet")


def copy_folder(source: Path, target: Path) -> None:
    """Copy a knowledge folder to an empty place; raise `InputError` if that fails."""
    require_folder(source)
    require_new(target)
    try:
        # Without permissions: an installed package may be read-only.
        shutil.copytree(source, target, copy_function=shutil.copyfile, dirs_exist_ok=True)
    except (shutil.Error, OSError) as error:
        raise InputError(f"{target}: cannot be written ({error}); choose another folder") from None
