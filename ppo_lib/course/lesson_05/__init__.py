"""Lesson 05, advantages: its source, its checks, its figures, its explorer."""
