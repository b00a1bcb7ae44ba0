"""Where the tests' files are."""

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
BRIDGE = TESTS / "bridge"  # a second knowledge folder, about something else entirely
QUESTIONS = TESTS / "questions"
