"""Until each lesson has its own."""
