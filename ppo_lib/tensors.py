"""Two habits with tensors: shapes are compared, and small networks run on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


def check_same_shape(**tensors: Tensor) -> None:
    """Refuse tensors whose shape is not the first one's.

    PyTorch would broadcast (B, 1) against (B,) to (B, B), silently, and average the wrong
    numbers.

    Args:
        **tensors: two or more, by the names that the message shall show.

    Raises:
        ValueError: if a shape differs.
    """
    (like_name, like), *others = tensors.items()
    for name, tensor in others:
        if tensor.shape != like.shape:
            raise ValueError(
                f"{name} must have the shape of {like_name}, {tuple(like.shape)}, "
                f"got {tuple(tensor.shape)}"
            )


@contextmanager
def one_thread() -> Iterator[None]:
    """Run PyTorch on one thread for a while, as a `with` block or as a decorator.

    Matrices of these sizes gain nothing from a second thread and lose much if the cores are
    busy; and the order of a sum, hence its last bit, would depend on the number of cores.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
