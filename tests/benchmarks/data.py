"""Knowledge bases built from CLINC150, and larger ones generated from its sentences."""

import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

PER_ENTRY = 10  # phrasings
FREQUENT = 150  # words used this often are not replaced
NEW = 0.25  # share of replaced words that become new ones, by an added ending


@dataclass(frozen=True, slots=True)
class Task:
    """A knowledge base, questions with their entries, and questions it cannot answer."""

    entries: dict[str, list[str]]
    questions: list[tuple[str, str]]
    unanswerable: list[str]


def clinc(path: Path, seed: int, part: str) -> Task:
    """Use PER_ENTRY training queries per intent as phrasings; `part` is `val` or `test`."""
    data = json.loads(path.read_text(encoding="utf-8"))
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for query, intent in data["train"]:
        by_intent[intent].append(query)
    choose = random.Random(seed)
    entries = {intent: choose.sample(by_intent[intent], PER_ENTRY) for intent in sorted(by_intent)}
    questions = [(query, intent) for query, intent in data[part]]
    return Task(entries, questions, [query for query, _ in data[f"oos_{part}"]])


def enlarged(path: Path, phrasings: int) -> dict[str, list[str]]:
    """Generate phrasings; from the second round of intents on, rare words are replaced."""
    training = json.loads(path.read_text(encoding="utf-8"))["train"]
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for query, intent in training:
        by_intent[intent].append(query)
    uses = Counter(word for query, _ in training for word in query.split())
    rare = sorted(word for word, count in uses.items() if count < FREQUENT)
    intents = sorted(by_intent)
    choose = random.Random(0)

    def replaced(query: str, replacements: dict[str, str]) -> str:
        words = query.split()
        for word in words:
            if uses[word] < FREQUENT and word not in replacements:
                ending = "".join(map(choose.choice, ("aeiou", "bdfgklmnprst", "aeio")))
                replacements[word] = choose.choice(rare) + (ending if choose.random() < NEW else "")
        return " ".join(replacements.get(word, word) for word in words)

    entries: dict[str, list[str]] = {}
    for number in range(phrasings // PER_ENTRY):
        queries = choose.sample(by_intent[intents[number % len(intents)]], PER_ENTRY)
        replacements: dict[str, str] = {}
        if number >= len(intents):
            queries = [replaced(query, replacements) for query in queries]
        entries[f"entry-{number}"] = queries
    return entries
