"""What a model has to keep, as limits and pure decisions.

The limits are wide for models of tables and small networks, and there so that a file made to harm ends in a sentence
instead of a machine without memory. They are not settings.
"""

from collections.abc import Iterable, Mapping

from surefoot.models.facts import Reason, Tensor

MODEL_BYTES = 512 * 2**20
VECTORS_BYTES = 64 * 2**20
NODES = 200_000
DEPTH = 8  # graphs inside graphs (the branches of an If, the body of a Loop)
TENSOR_BYTES = 2**31
TENSORS_BYTES = 2**31
INPUTS = 10_000
NAME = 255

DOMAINS = ("", "ai.onnx.ml")
# What onnxruntime still runs at the low end, what it was tried with at the high end.
OPSETS: Mapping[str, tuple[int, int]] = {"": (7, 28), "ai.onnx.ml": (1, 6)}
IR_VERSIONS = (3, 14)
# The same row would be answered differently each time, and no vector could prove anything.
RANDOM = frozenset(
    {"RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial", "Bernoulli"}
)

TYPES: Mapping[int, str] = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "string",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
}

FEWEST_VECTORS = 50
LARGEST_TOLERANCE = 0.01
ROWS_NAMED = 20


def refuse(key: str, **values: object) -> Reason:
    """A reason with its values as text, each short enough for a sentence."""
    return Reason(key, {name: _short(str(value)) for name, value in values.items()})


def opset_reasons(ir_version: int, opsets: Iterable[tuple[str, int]]) -> list[Reason]:
    """Holds the versions that a model asks for against those that are known here.

    Args:
        ir_version: of the file format.
        opsets: domain and version, as imported; `ai.onnx` is another name of the empty domain.
    """
    low, high = IR_VERSIONS
    found = [] if low <= ir_version <= high else [refuse("ir-version", version=ir_version, low=low, high=high)]
    seen: dict[str, int] = {}
    for domain, version in opsets:
        if domain not in DOMAINS:
            found.append(refuse("domain", domain=domain))
            continue
        low, high = OPSETS[domain]
        if not low <= version <= high:
            found.append(refuse("opset", domain=domain or "ai.onnx", version=version, low=low, high=high))
        # skl2onnx writes one domain twice where it drops a zipmap; the same version twice says the same.
        if seen.setdefault(domain, version) != version:
            found.append(refuse("opset-twice", domain=domain or "ai.onnx"))
    if not seen:
        found.append(refuse("opset-missing"))
    return found


def fit_reasons(given: Iterable[Tensor], taken: Iterable[Tensor]) -> list[Reason]:
    """What speaks against feeding a model's inputs with the outputs of the graph before it.

    Every input is fed by an output of its name, type and shape, and no output is left over: what nobody takes was
    meant for another model.
    """
    outputs, inputs = ({one.name: one for one in side} for side in (given, taken))
    lone = [refuse("preprocessing-lacks", name=name) for name in sorted(inputs.keys() - outputs.keys())[:1]]
    lone += [refuse("preprocessing-spare", name=name) for name in sorted(outputs.keys() - inputs.keys())[:1]]
    if lone:
        return lone
    misfits = [
        refuse("preprocessing-fit", name=name, given=_dims(outputs[name]), taken=_dims(one))
        for name, one in inputs.items()
        if (outputs[name].type, outputs[name].shape[1:]) != (one.type, one.shape[1:])
    ]
    return misfits[:1]


def _dims(tensor: Tensor) -> str:
    """A type with its sizes, as people write it: float32[·, 3]."""
    return f"{tensor.type}[{', '.join(['·', *(str(size) for size in tensor.shape[1:])])}]"


def size_of(dims: Iterable[int], width: int) -> int | None:
    """Bytes that a tensor of these dimensions takes, None where a dimension is negative.

    Python's integers do not overflow, so 2^62 × 4 is what it is; C would say 0.
    """
    total = width
    for dim in dims:
        if dim < 0:
            return None
        total *= dim
    return total


def is_plain_name(name: str) -> bool:
    """Whether a name of an input or output can be shown and typed: printable, not empty, not endless."""
    return 0 < len(name) <= NAME and name.isprintable() and name == name.strip()


def _short(text: str) -> str:
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    return text if len(text) <= NAME else text[: NAME - 1] + "…"
