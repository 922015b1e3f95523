"""Lesson 03, the probability ratio."""
