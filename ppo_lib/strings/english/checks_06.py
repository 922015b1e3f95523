"""What the checks of lesson 06 say."""

STRINGS: dict[str, str] = {}
