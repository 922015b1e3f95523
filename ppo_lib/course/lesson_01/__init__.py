"""Lesson 01, policy collapse: its source, its checks, its figures, its explorer."""
