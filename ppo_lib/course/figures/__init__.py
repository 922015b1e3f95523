"""Figures that several lessons draw, in one style and one set of colours."""
