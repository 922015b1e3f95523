"""The one check that several modules make: tensors that belong together have one shape."""

from __future__ import annotations

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
