"""Lesson 02, trust regions: its source, its checks, its figures, its explorer."""
