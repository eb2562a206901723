"""Rasa NLU components: bilingual tokens, language, placeholders, sentence vectors, intents."""
