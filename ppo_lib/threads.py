"""One thread for networks of this size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


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
