"""Paths used by the tests."""

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
BRIDGE = TESTS / "bridge"  # a second, small knowledge folder about another article
QUESTIONS = TESTS / "questions"
