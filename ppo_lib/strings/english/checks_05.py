"""What the checks of lesson 05 say."""

STRINGS: dict[str, str] = {}
