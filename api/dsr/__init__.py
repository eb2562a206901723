"""Data subject requests: filing them, their clock, their lifecycle."""
