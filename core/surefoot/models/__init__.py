"""The ONNX gate: content, signature and parity vectors, judged before a model counts as one."""

from typing import TYPE_CHECKING

from surefoot.deferred import exports
from surefoot.models.facts import Model, Parity, Reason, Signature, Tensor

if TYPE_CHECKING:
    from surefoot.models.service import Models
else:
    __getattr__ = exports(__name__, Models="service")

__all__ = ["Model", "Models", "Parity", "Reason", "Signature", "Tensor"]
