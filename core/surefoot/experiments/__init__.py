"""Recipes: parameters, success criteria and guardrails, written before training."""

from typing import TYPE_CHECKING

from surefoot.deferred import exports

if TYPE_CHECKING:
    from surefoot.experiments.service import Experiments
else:
    __getattr__ = exports(__name__, Experiments="service")

__all__ = ["Experiments"]
