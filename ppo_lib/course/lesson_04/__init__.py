"""Lesson 04, clipping: its source, its checks, its figures, its explorer."""
