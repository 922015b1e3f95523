"""Proximal Policy Optimization, small enough to read in an evening."""
