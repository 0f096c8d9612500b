"""The ONNX gate: content, signature and parity vectors, judged before a model counts as one."""

from surefoot.models.facts import Model, Parity, Reason, Signature, Tensor
from surefoot.models.service import Models

__all__ = ["Model", "Models", "Parity", "Reason", "Signature", "Tensor"]
