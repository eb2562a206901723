"""The agents' side: login, the request queue, assisted search."""
