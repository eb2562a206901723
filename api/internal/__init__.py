"""Routes for our own Rasa side only: loopback, service token, not in the public document."""
