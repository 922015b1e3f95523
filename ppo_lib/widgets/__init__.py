"""Explorers: pictures that a reader can push, drawn in the browser."""

from ppo_lib.widgets.clip_explorer import ClipExplorer
from ppo_lib.widgets.explorer import Explorer

__all__ = ["ClipExplorer", "Explorer"]
