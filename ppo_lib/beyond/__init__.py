"""The second evening: other methods, many agents at once, environments whose values are known."""
