"""Compares the matcher with other libraries: `python -m tests.benchmarks --help`."""
