"""Where the modules of release 0.1 have gone, so that a notebook of that time still runs.

A module that is no longer there is found under its old name until the next release, and says once
where its contents are now. Nothing in this package imports this way.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

EXPLORERS = (
    "course.lesson_01.step_explorer",
    "course.lesson_02.trust_region_explorer",
    "course.lesson_03.ratio_explorer",
    "course.lesson_04.clip_explorer",
    "course.lesson_05.gae_explorer",
    "course.lesson_06.entropy_explorer",
    "course.lesson_07.iteration_stepper",
)

MODULES: dict[str, tuple[str, ...]] = {
    "ablations": ("course.measures.ablations",),
    "checks": ("course.checks", "course.lesson_07.check_my_ppo"),
    "cliff": ("course.cliff.exact",),
    "cliff_steps": ("course.cliff.steps",),
    "costs": ("course.lesson_02.costs",),
    "experiments": ("course.measures.updates",),
    "notebook": ("course.page",),
    "palette": ("course.figures.palette",),
    "plotting": ("course.figures.panels", "course.figures.training", "course.lesson_04.figures"),
    "plotting_ablations": ("course.figures.ablations",),
    "plotting_advantages": ("course.lesson_05.figures",),
    "plotting_cliff": ("course.lesson_01.figures", "course.cliff.picture"),
    "plotting_ratios": ("course.lesson_03.figures",),
    "plotting_sweeps": ("course.figures.sweeps",),
    "plotting_trust": ("course.lesson_02.figures",),
    "population": ("beyond.population",),
    "reinforce": ("course.cliff.reinforce",),
    "shapes": ("tensors",),
    "stacked": ("beyond.stacked",),
    "strings": ("course.words",),
    "sweeps": ("beyond.sweeps",),
    "threads": ("tensors",),
    "trpo": ("beyond.trpo",),
    "update_recording": ("course.measures.recording",),
    "widgets": ("course.explorers.explorer", *EXPLORERS),
}
"""Old modules below `ppo_lib`, and the modules that hold their contents now."""

MEMBERS: dict[str, tuple[str, ...]] = {
    "envs": ("beyond.probes", "course.cliff.environment"),
    "rollout": ("batch",),
    "training": ("batch", "checkpoints"),
}
"""Modules that are still there, and where some of what they held has gone."""

RENAMED = {
    ("cliff_steps", "mean_kl"): ("course.cliff.steps", "kl_over_visits"),
    ("stacked", "Population"): ("beyond.stacked", "StackedActorCritics"),
    ("training", "update"): ("training", "ppo_update"),
    ("trpo", "TRPOConfig"): ("beyond.trpo_of_0_1", "TRPOConfig"),
    ("trpo", "trpo_update"): ("beyond.trpo_of_0_1", "trpo_update"),
}
"""Old module and name, new module and name."""


def find(old: str, name: str) -> Any:
    """Return what an old module, or one that is still there, held under a name, and say so.

    Args:
        old: the module, below `ppo_lib`.
        name: the name.

    Raises:
        AttributeError: if it held no such thing.
    """
    home, new_name = RENAMED.get((old, name), ("", name))
    homes = (home,) if home else (*MODULES.get(old, ()), *MEMBERS.get(old, ()))
    for module in homes if not name.startswith("__") else ():
        contents = vars(importlib.import_module(f"ppo_lib.{module}"))
        if new_name in contents:
            if old not in _said:
                _said.add(old)
                warnings.warn(
                    f"ppo_lib.{old}.{name} is now ppo_lib.{module}.{new_name}; "
                    f"what ppo_lib.{old} held works under its old name until the next release",
                    FutureWarning,
                    stacklevel=2,
                )
            return contents[new_name]
    raise AttributeError(f"module 'ppo_lib.{old}' has no attribute {name!r}")


_said: set[str] = set()


class _MovedLoader(Loader):
    def create_module(self, spec: ModuleSpec) -> None:
        return None  # Python's own kind of module

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__getattr__"] = partial(find, module.__name__.removeprefix("ppo_lib."))


class _MovedFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if package == "ppo_lib" and name in MODULES:
            return ModuleSpec(fullname, _MovedLoader())
        return None


def install() -> None:
    """Let `import` find the old modules, after all that are there."""
    if not any(isinstance(finder, _MovedFinder) for finder in sys.meta_path):
        sys.meta_path.append(_MovedFinder())
