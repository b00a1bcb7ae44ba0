"""CLINC150 as knowledge bases, and larger ones made of its sentences."""

import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

PER_ENTRY = 10  # phrasings
FREQUENT = 150  # uses from which on a word is kept as it is
NEW = 0.25  # share of replaced words that get an ending of their own


@dataclass(frozen=True, slots=True)
class Task:
    """A knowledge base, questions with their entry, and questions that nothing answers."""

    entries: dict[str, list[str]]
    questions: list[tuple[str, str]]
    unanswerable: list[str]


def clinc(path: Path, seed: int, part: str) -> Task:
    """Take PER_ENTRY training queries an intent; `part` is `val` or `test`."""
    data = json.loads(path.read_text(encoding="utf-8"))
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for query, intent in data["train"]:
        by_intent[intent].append(query)
    choose = random.Random(seed)
    entries = {intent: choose.sample(by_intent[intent], PER_ENTRY) for intent in sorted(by_intent)}
    questions = [(query, intent) for query, intent in data[part]]
    return Task(entries, questions, [query for query, _ in data[f"oos_{part}"]])


def enlarged(path: Path, phrasings: int) -> dict[str, list[str]]:
    """Make as many phrasings as asked for: beyond the first 150 entries rare words are swapped."""
    training = json.loads(path.read_text(encoding="utf-8"))["train"]
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for query, intent in training:
        by_intent[intent].append(query)
    uses = Counter(word for query, _ in training for word in query.split())
    rare = sorted(word for word, count in uses.items() if count < FREQUENT)
    intents = sorted(by_intent)
    choose = random.Random(0)

    def swapped(query: str, own: dict[str, str]) -> str:
        words = query.split()
        for word in words:
            if uses[word] < FREQUENT and word not in own:
                ending = "".join(map(choose.choice, ("aeiou", "bdfgklmnprst", "aeio")))
                own[word] = choose.choice(rare) + (ending if choose.random() < NEW else "")
        return " ".join(own.get(word, word) for word in words)

    entries: dict[str, list[str]] = {}
    for number in range(phrasings // PER_ENTRY):
        queries = choose.sample(by_intent[intents[number % len(intents)]], PER_ENTRY)
        own: dict[str, str] = {}
        if number >= len(intents):
            queries = [swapped(query, own) for query in queries]
        entries[f"entry-{number}"] = queries
    return entries
