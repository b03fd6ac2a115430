"""Newsroom annotation: overlapping spans, adjudication, agreement, export."""

__version__ = "0.1.0"
