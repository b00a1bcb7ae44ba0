"""Measures the matcher beside its peers: `python -m tests.benchmarks --help`."""
