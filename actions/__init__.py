"""The action server: thin, idempotent clients of the product's internal routes."""
