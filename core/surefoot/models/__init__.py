"""The ONNX gate: content, signature and parity vectors, judged before a model counts as one."""
