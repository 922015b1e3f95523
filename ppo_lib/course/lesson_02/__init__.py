"""Lesson 02, trust regions."""
