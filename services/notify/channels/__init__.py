"""The ways to people: each channel is one file, and one line here."""
