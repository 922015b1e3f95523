"""Lesson 05, advantages."""
