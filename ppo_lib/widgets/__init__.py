"""Explorers: pictures that a reader can push, drawn in the browser."""

from ppo_lib.widgets.clip_explorer import ClipExplorer
from ppo_lib.widgets.entropy_explorer import EntropyExplorer
from ppo_lib.widgets.explorer import Explorer
from ppo_lib.widgets.gae_explorer import GaeExplorer
from ppo_lib.widgets.iteration_stepper import IterationStepper
from ppo_lib.widgets.ratio_explorer import RatioExplorer
from ppo_lib.widgets.step_explorer import StepExplorer
from ppo_lib.widgets.trust_region_explorer import TrustRegionExplorer

__all__ = [
    "ClipExplorer",
    "EntropyExplorer",
    "Explorer",
    "GaeExplorer",
    "IterationStepper",
    "RatioExplorer",
    "StepExplorer",
    "TrustRegionExplorer",
]
