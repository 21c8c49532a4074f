"""Bytes to untrusted values: feeds, lists of feeds, posts. Pure: no socket, file or clock."""
