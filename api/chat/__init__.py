"""The chat gateway: sessions, turns, and the wall between personal data and the dialogue engine."""
