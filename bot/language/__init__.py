"""English: words, spelling, dates, names, sentences, and who does what to whom."""
