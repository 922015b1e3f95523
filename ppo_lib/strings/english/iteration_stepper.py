"""What the iteration stepper shows."""

STRINGS: dict[str, str] = {}
