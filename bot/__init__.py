"""The Rasa side of ClauseDesk: configuration, training data and custom components."""
