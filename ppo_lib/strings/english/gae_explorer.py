"""What the GAE explorer shows."""

STRINGS: dict[str, str] = {}
