"""Lessons from the desk: confirmed answers that count at once, kept, listed and withdrawn."""
