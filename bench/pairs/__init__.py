"""Pairs of articles, by which the judging of stories is measured."""
