"""Paths used by the tests."""

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
BRIDGE = TESTS / "bridge"  # a second, small knowledge folder about another article
QUESTIONS = TESTS / "questions"
EXAMPLES = sorted(folder for folder in (ROOT / "docs/examples").iterdir() if folder.is_dir())
SMALL_FOLDERS = sorted(
    path.parent for path in (TESTS / "small").glob("*/answers.yaml")
)  # as an editor makes them in one sitting
