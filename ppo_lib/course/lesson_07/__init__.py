"""Lesson 07, the whole of PPO."""
