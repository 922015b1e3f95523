"""Lesson 00, start here: its source, its checks, its figures, its explorer."""
