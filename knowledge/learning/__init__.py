"""Learns the models, and what they say of questions they did not learn from."""
