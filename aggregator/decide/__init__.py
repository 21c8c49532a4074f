"""Judge first, act after: identity, ingest, likeness, pace, retention. Pure: no clock, no socket, no file."""
