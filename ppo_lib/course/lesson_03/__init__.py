"""Lesson 03, the probability ratio: its source, its checks, its figures, its explorer."""
