"""Lesson 04, clipping."""
