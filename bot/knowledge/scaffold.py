"""`new`: creates a knowledge folder for another article, ready to be filled in."""

from importlib.resources import files
from pathlib import Path

import yaml

from bot.errors import InputError
from bot.knowledge import Article
from bot.knowledge.files import write_files
from bot.knowledge.format import MODELS, SCHEMA_FOLDER, schema_line, schemas
from bot.knowledge.verify import TODO

_HEADLINE_LIMIT = 200  # characters; a longer first paragraph is not taken for a headline


def new_folder(folder: Path, article: Path) -> str:
    """Create the folder and return the next steps as text; raise `InputError` if that fails."""
    text = _read(article)
    parsed = Article.parse(text)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty; choose a folder that does not exist yet")
    headline = parsed.paragraphs[0].text
    fits = "\n" not in headline and len(headline) <= _HEADLINE_LIMIT
    values = {
        "title": scalar(headline) if fits else f"{TODO} the headline",
        "folder": folder,
        "passage": scalar(parsed.sentences[0].text),
        "sentences": _sentences(parsed),
    }
    texts = {"article.txt": text}
    for name in MODELS:
        template = (files("bot.knowledge") / "templates" / name).read_text("utf-8")
        texts[name] = f"{schema_line(name)}\n{template.format_map(values)}"
    write_files(folder, texts)
    write_files(folder / SCHEMA_FOLDER, schemas())
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
        reason = f"cannot be read ({error.strerror}); give the article's text file"
        raise InputError(f"{article}: {reason}") from None
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
