"""Lesson 06, actor and critic: its source, its checks, its figures, its explorer."""
