"""Builds indexes and publishes them, so that they are replaced while they serve."""
