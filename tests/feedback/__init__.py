"""Tests of recording questions and votes, and of the reports on them."""
