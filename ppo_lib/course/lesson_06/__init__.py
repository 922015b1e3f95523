"""Lesson 06, actor and critic."""
