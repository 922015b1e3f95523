"""What a lesson shows in its page: pictures with alt text, live curves, episodes as films."""

from __future__ import annotations

import base64
import html
import io
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, overload

import gymnasium as gym
import matplotlib as mpl
import numpy as np
import torch
from IPython.display import DisplayHandle
from matplotlib.figure import Figure
from PIL import Image

from ppo_lib.beyond.sweeps import groups
from ppo_lib.config import PPOConfig
from ppo_lib.course.figures.panels import STYLE, figure
from ppo_lib.course.figures.sweeps import plot_sweep, sweep_alt
from ppo_lib.course.figures.training import plot_training
from ppo_lib.course.words import text
from ppo_lib.envs import to_env_actions
from ppo_lib.networks import ActorCritic, sample_actions
from ppo_lib.tensors import one_thread
from ppo_lib.training import IterationRecord, recent_return

FILM_WIDTH = 360
SECONDS_BETWEEN_PICTURES = 0.25  # at least; drawing takes a third of the time at most


class Picture:
    """A picture for the page, with a description for those who do not see it.

    JupyterLab drops the alt text of a plain PNG output, so the page gets HTML; the PNG
    goes along for viewers that show no HTML.

    Args:
        content: the page's HTML, its images inside it.
        still: a PNG of the same.
        alt: what the picture shows, in a sentence.
    """

    def __init__(self, content: str, still: bytes, alt: str) -> None:
        self.content = content
        self.still = still
        self.alt = alt

    def __repr__(self) -> str:
        return f"Picture({self.alt!r})"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        still = base64.b64encode(self.still).decode()
        data = {"text/html": self.content, "image/png": still, "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


def picture(fig: Figure, alt: str) -> Picture:
    """Turn a figure into a picture.

    Args:
        fig: what `figure` returns.
        alt: what it shows, in a sentence.

    Returns:
        The picture: the last value of a cell, or an argument of `display`.
    """
    written = io.BytesIO()
    with mpl.rc_context(STYLE):
        fig.savefig(written, format="png")
    width = round(fig.get_figwidth() * 96)
    return Picture(_image(written.getvalue(), "png", alt, width), written.getvalue(), alt)


def _image(content: bytes, kind: str, alt: str, width: int) -> str:
    encoded = base64.b64encode(content).decode()
    return (
        f'<img src="data:image/{kind};base64,{encoded}" alt="{html.escape(alt)}" width="{width}" '
        f'style="max-width: 100%; height: auto">'
    )


@overload
def watch(
    runs: Mapping[str, Iterable[IterationRecord]], solved_at: float | None = None
) -> dict[str, list[IterationRecord]]: ...
@overload
def watch(
    runs: Iterable[IterationRecord], solved_at: float | None = None
) -> list[IterationRecord]: ...
def watch(
    runs: Mapping[str, Iterable[IterationRecord]] | Iterable[IterationRecord],
    solved_at: float | None = None,
) -> dict[str, list[IterationRecord]] | list[IterationRecord]:
    """Train, and draw return, KL and clip fraction as they come.

    Several runs take turns, an iteration each. The notebook's stop button ends them early
    and keeps what there is.

    Args:
        runs: what `train` returns; or several of it, four at most, by the label that the figure
            shows.
        solved_at: a run ends once its last 20 episodes reach this mean; `None`: it runs on.

    Returns:
        The records; or those of each run, by its label.

    Raises:
        ValueError: if there are more runs than line styles.
    """
    if not isinstance(runs, Mapping):
        return watch({text("run.only"): runs}, solved_at)[text("run.only")]
    records: dict[str, list[IterationRecord]] = {label: [] for label in runs}
    view = DisplayHandle()
    next_picture = time.perf_counter() + SECONDS_BETWEEN_PICTURES
    try:
        view.display(_training_picture(records, solved_at))
        for _ in _in_turns(runs, records, solved_at):
            started = time.perf_counter()
            if started >= next_picture:
                view.update(_training_picture(records, solved_at))
                now = time.perf_counter()
                next_picture = now + max(SECONDS_BETWEEN_PICTURES, 2 * (now - started))
    except KeyboardInterrupt:
        pass  # the stop button: the records so far are the result
    view.update(_training_picture(records, solved_at))
    return records


def watch_sweep(
    iterations: Iterable[list[IterationRecord]],
    configs: Sequence[PPOConfig],
    by: str | Sequence[Any],
) -> list[list[IterationRecord]]:
    """Train a population, and draw the returns of its agents, by a setting, as they come.

    The notebook's stop button ends it early and keeps what there is.

    Args:
        iterations: what `train_many(configs)` returns.
        configs: the settings of its A agents.
        by: the setting that tells the lines apart; or A labels.

    Returns:
        The records: a list for each iteration, in it one for each agent.

    Raises:
        ValueError: if `by` has more than five values, or names no setting.
    """
    groups(configs, by)  # says at once that there is no such setting
    history: list[list[IterationRecord]] = []
    view = DisplayHandle()
    next_picture = 0.0
    try:
        for records in iterations:
            history.append(records)
            started = time.perf_counter()
            if started >= next_picture:
                shown = _sweep_picture(configs, history, by)
                view.update(shown) if next_picture else view.display(shown)
                now = time.perf_counter()
                next_picture = now + max(SECONDS_BETWEEN_PICTURES, 2 * (now - started))
    except KeyboardInterrupt:
        pass  # the stop button: the records so far are the result
    if history:
        view.update(_sweep_picture(configs, history, by))
    return history


def _sweep_picture(
    configs: Sequence[PPOConfig],
    history: Sequence[Sequence[IterationRecord]],
    by: str | Sequence[Any],
) -> Picture:
    fig, (ax,) = figure(1, height=4.2)
    plot_sweep(ax, configs, history, by)
    return picture(fig, sweep_alt(configs, history, by))


def _in_turns(
    runs: Mapping[str, Iterable[IterationRecord]],
    records: dict[str, list[IterationRecord]],
    solved_at: float | None,
) -> Iterator[None]:
    """Advance every unfinished run by one record, again and again, and file the records."""
    unfinished = {label: iter(run) for label, run in runs.items()}
    while unfinished:
        for label, run in list(unfinished.items()):
            with one_thread():  # a learner's own loop may not have thought of it
                record = next(run, None)
            if record is not None:
                records[label].append(record)
            solved = solved_at is not None and recent_return(records[label]) >= solved_at
            if record is None or solved:
                del unfinished[label]
        yield


def _training_picture(
    records: Mapping[str, list[IterationRecord]], solved_at: float | None
) -> Picture:
    fig, panels = figure(3)
    plot_training(panels, records, solved_at)
    descriptions = [
        text(
            "alt.training_run",
            label=label,
            env_steps=run[-1].env_steps,
            episode_return=recent_return(run),
        )
        for label, run in records.items()
        if run
    ]
    return picture(fig, text("alt.training") + " " + " ".join(descriptions))


def show_episodes(
    env_id: str, *, seed: int = 0, max_steps: int = 250, **agents: ActorCritic
) -> Picture:
    """Film one stochastic episode of each agent, side by side, from the same start.

    Args:
        env_id: the environment's Gymnasium name.
        seed: of the environment and of the actions.
        max_steps: where the film is cut.
        **agents: the models, by the key of their caption, such as `trained`.

    Returns:
        The films as animated WebP; their last frames as the still picture.

    Raises:
        KeyError: if an agent's name is no caption in the table of strings.
    """
    captions = {text(f"film.{name}"): model for name, model in agents.items()}
    figures = []
    last_frames = []
    for caption, model in captions.items():
        frames, seconds, num_steps = _film(model, env_id, seed, max_steps)
        alt = text("alt.episode", caption=caption, num_steps=num_steps)
        film = io.BytesIO()
        held = [round(1000 * seconds)] * (len(frames) - 1) + [1000]
        frames[0].save(
            film, "webp", save_all=True, append_images=frames[1:], duration=held, loop=0, method=0
        )
        last_frames.append(np.asarray(frames[-1]))
        shown = _image(film.getvalue(), "webp", alt, FILM_WIDTH)
        figures.append(
            f'<td style="text-align: center; background: none">{shown}<br>'
            f"{html.escape(text('film.steps', caption=caption, num_steps=num_steps))}</td>"
        )
    still = io.BytesIO()
    Image.fromarray(np.concatenate(last_frames, axis=1)).save(still, "png")
    alt = text("alt.episodes", captions=", ".join(captions))
    return Picture(f"<table><tr>{''.join(figures)}</tr></table>", still.getvalue(), alt)


@contextmanager
def _no_display() -> Iterator[None]:
    """Keep pygame from looking for a screen and a sound card, and from complaining of none."""
    drivers = ("SDL_VIDEODRIVER", "SDL_AUDIODRIVER")
    before = {name: os.environ.get(name) for name in drivers}
    os.environ.update(dict.fromkeys(drivers, "dummy"))
    try:
        yield
    finally:
        for name, driver in before.items():
            if driver is None:
                del os.environ[name]
            else:
                os.environ[name] = driver


@torch.no_grad()
@_no_display()
def _film(
    model: ActorCritic, env_id: str, seed: int, max_steps: int
) -> tuple[list[Image.Image], float, int]:
    """Return an episode's frames, the seconds that each is shown, and its number of steps.

    Of an environment that shows more than 20 frames a second it is every second one.
    """
    generator = torch.Generator().manual_seed(seed)
    frames: list[Image.Image] = []
    num_steps, ended = 0, False
    env = gym.make(env_id, render_mode="rgb_array")
    try:
        fps = env.metadata.get("render_fps", 30)
        stride = 2 if fps > 20 else 1
        observation, _ = env.reset(seed=seed)
        while not ended and num_steps < max_steps:
            if num_steps % stride == 0:
                frames.append(_frame(env))
            observations = torch.as_tensor(observation, dtype=torch.float32)[None]
            actions = sample_actions(model.policy(observations), generator)
            (action,) = to_env_actions(actions.numpy(), env.action_space)
            observation, _, terminated, truncated, _ = env.step(action)
            ended = terminated or truncated
            num_steps += 1
        frames.append(_frame(env))
    finally:
        env.close()
    return frames, stride / fps, num_steps


def _frame(env: gym.Env[Any, Any]) -> Image.Image:
    image = Image.fromarray(np.asarray(env.render()))
    return image.resize((FILM_WIDTH, round(FILM_WIDTH * image.height / image.width)))
