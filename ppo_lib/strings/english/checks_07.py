"""What the checks of lesson 07 say."""

STRINGS: dict[str, str] = {}
