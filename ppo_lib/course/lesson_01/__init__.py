"""Lesson 01, policy collapse."""
