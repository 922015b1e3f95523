"""What the entropy explorer shows."""

STRINGS: dict[str, str] = {}
