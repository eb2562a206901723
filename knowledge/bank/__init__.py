"""The question bank: its files, what they are labelled with, and which of them still stand."""
