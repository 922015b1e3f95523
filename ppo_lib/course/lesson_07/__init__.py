"""Lesson 07, the whole of PPO: its source, its checks, its figures, its explorer."""
