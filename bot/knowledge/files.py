"""The files of a knowledge folder."""

from pathlib import Path

FILES = ("article.txt", "source.yaml", "answers.yaml", "timeline.yaml", "vocabulary.yaml")
PHRASINGS = "phrasings"  # a folder inside it, with text files named after entries and gaps


def knowledge_files(folder: Path) -> list[Path]:
    """Every file that belongs to the folder; those in `FILES` need not exist."""
    texts = sorted((folder / PHRASINGS).glob("[!.]*.txt"))
    return [*(folder / name for name in FILES), *texts]
