"""The gate: a model is what its bytes are, and it answers as its training said."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from surefoot.models import gate, graph, rules
from surefoot.models.facts import Verdict
from surefoot.models.gate import judge
from surefoot.texts import Words
from surefoot.workers import Request
from tests.fakes.models import tiny_answers, tiny_graph, tiny_halves, tiny_model, tiny_vectors, wide_model, wide_vectors


def keys(verdict: Verdict) -> list[str]:
    return [reason.key for reason in verdict.reasons]


def bent(change: Callable[[Any], None]) -> Verdict:
    return judge(tiny_model(change), tiny_vectors())


def vectors_with(change: Callable[[dict[str, Any]], None]) -> Verdict:
    whole = json.loads(tiny_vectors())
    change(whole)
    return judge(tiny_model(), json.dumps(whole).encode())


def test_an_honest_model_is_accepted_with_its_signature_and_figures() -> None:
    verdict = judge(tiny_model(), tiny_vectors())
    assert verdict.reasons == ()
    assert verdict.signature is not None
    assert [(one.name, one.type, one.shape) for one in verdict.signature.inputs] == [
        ("amount", "float32", (None, 1)),
        ("job", "string", (None, 1)),
    ]
    assert verdict.opset == {"ai.onnx": 18, "ai.onnx.ml": 3}
    assert verdict.parity is not None
    assert verdict.parity.rows == 60
    assert float(verdict.parity.max_difference) < 1e-6


# ------------------------------------------------------------------ versions, domains, operators


def test_a_foreign_domain_is_refused() -> None:
    def change(model: Any) -> None:
        model.opset_import.append(helper.make_opsetid("com.custom", 1))
        model.graph.node.append(helper.make_node("Steal", ["amount"], ["gone"], domain="com.custom"))

    verdict = bent(change)
    assert keys(verdict) == ["domain"]
    assert verdict.reasons[0].values == {"domain": "com.custom"}


def test_an_operator_onnx_does_not_know_is_refused_even_in_a_known_domain() -> None:
    assert keys(bent(lambda model: model.graph.node.append(helper.make_node("Steal", ["amount"], ["x"])))) == [
        "operator"
    ]


def test_an_operator_that_draws_lots_is_refused() -> None:
    node = helper.make_node("RandomNormalLike", ["amount"], ["x"])
    assert keys(bent(lambda model: model.graph.node.append(node))) == ["random"]


@pytest.mark.parametrize(("domain", "version"), [("", 6), ("", 99), ("", 0), ("", 2**62), ("ai.onnx.ml", 99)])
def test_an_unknown_opset_is_refused(domain: str, version: int) -> None:
    def change(model: Any) -> None:
        for one in model.opset_import:
            if one.domain == domain:
                one.version = version

    assert keys(bent(change)) == ["opset"]


def test_a_model_without_an_opset_or_with_two_is_refused() -> None:
    assert "opset-missing" in keys(bent(lambda model: model.ClearField("opset_import")))
    assert keys(bent(lambda model: model.opset_import.append(helper.make_opsetid("ai.onnx", 17)))) == ["opset-twice"]
    assert keys(bent(lambda model: model.opset_import.append(helper.make_opsetid("ai.onnx", 18)))) == []


@pytest.mark.parametrize("version", [1, 2, 999])
def test_an_unknown_file_version_is_refused(version: int) -> None:
    assert keys(bent(lambda model: setattr(model, "ir_version", version))) == ["ir-version"]


def test_local_functions_and_training_code_are_refused() -> None:
    function = helper.make_function(
        "", "F", ["x"], ["y"], [helper.make_node("Relu", ["x"], ["y"])], [helper.make_opsetid("", 18)]
    )
    assert "functions" in keys(bent(lambda model: model.functions.append(function)))
    assert keys(bent(lambda model: model.training_info.add())) == ["training-info"]


# ------------------------------------------------------------------ external data, sizes, nesting


@pytest.mark.parametrize(
    "entries",
    [
        {"location": "../../etc/passwd"},
        {"location": "/etc/passwd"},
        {"location": "weights.bin", "offset": "0", "length": "-1"},
        {"location": "weights.bin", "offset": "99999999999999999999"},
        {"location": "*/_ORT_MEM_ADDR_/*", "offset": "140737488355328", "length": "8"},
        {"location": "WEIGHTS.BIN", "__class__": "os"},
    ],
)
def test_external_data_is_refused_wherever_it_points(entries: dict[str, str]) -> None:
    def change(model: Any) -> None:
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in entries.items():
            tensor.external_data.add(key=key, value=value)

    assert keys(bent(change)) == ["external-data"]


def test_external_data_is_refused_in_an_attribute_and_without_its_mark() -> None:
    def change(model: Any) -> None:
        tensor = helper.make_tensor("inner", TensorProto.FLOAT, [1], [1.0])
        tensor.external_data.add(key="location", value="weights.bin")
        model.graph.node.append(helper.make_node("Constant", [], ["x"], value=tensor))

    assert keys(bent(change)) == ["external-data"]


@pytest.mark.parametrize("dims", [[2**62, 4], [2**31, 2**31, 4], [2**40], [-1], [-(2**62), -4]])
def test_a_tensor_whose_size_overflows_is_refused_before_it_is_made(dims: list[int]) -> None:
    def change(model: Any) -> None:
        tensor = model.graph.initializer.add(name="huge", data_type=TensorProto.FLOAT)
        tensor.dims.extend(dims)

    assert keys(bent(change)) == ["tensor-size"]


def test_a_tensor_that_claims_another_shape_than_it_stores_is_refused() -> None:
    assert keys(bent(lambda model: model.graph.initializer[0].dims.append(7))) == ["tensor-shape"]


def test_an_input_with_an_impossible_shape_is_refused() -> None:
    def change(model: Any) -> None:
        model.graph.input[0].type.tensor_type.shape.dim.add(dim_value=2**62)
        model.graph.input[0].type.tensor_type.shape.dim.add(dim_value=2**62)

    assert keys(bent(change)) == ["tensor-size"]


def test_many_tensors_that_are_too_heavy_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TENSORS_BYTES", 8)
    assert keys(judge(tiny_model(), tiny_vectors())) == ["too-heavy"]


def test_graphs_nested_too_deep_are_refused() -> None:
    def change(model: Any) -> None:
        inner = helper.make_graph([helper.make_node("Identity", ["amount"], ["y"])], "g", [], [])
        for _ in range(12):
            node = helper.make_node("If", ["is_bad"], ["y"], then_branch=inner, else_branch=inner)
            node.attribute.pop()
            inner = helper.make_graph([node], "g", [], [])
        model.graph.node.append(inner.node[0])

    assert keys(bent(change)) == ["too-deep"]


def test_a_file_nested_beyond_what_a_parser_can_hold_is_refused_not_followed() -> None:
    inner = b""
    for _ in range(5000):  # graph -> node -> attribute -> graph …, each length-delimited
        for field in (6, 5, 1):
            inner = bytes([field << 3 | 2]) + varint(len(inner)) + inner
    data = b"\x08\x08" + bytes([7 << 3 | 2]) + varint(len(inner)) + inner
    assert keys(judge(data, tiny_vectors())) == ["not-onnx"]


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def test_too_many_nodes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "NODES", 5)
    assert keys(judge(tiny_model(), tiny_vectors())) == ["too-many-nodes"]


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surefoot.models.gate.MODEL_BYTES", 100)
    assert keys(judge(tiny_model(), tiny_vectors())) == ["size"]


def test_fields_this_version_of_onnx_does_not_know_are_refused() -> None:
    hidden = varint(1000 << 3 | 2) + varint(5) + b"hello"
    assert keys(judge(tiny_model() + hidden, tiny_vectors())) == ["unknown-field"]


def test_a_truncated_file_is_refused() -> None:
    data = tiny_model()
    for end in range(0, len(data), 7):
        assert judge(data[:end], tiny_vectors()).reasons


# ------------------------------------------------------------------ signature


def test_an_answer_that_is_no_tensor_is_refused() -> None:
    def change(model: Any) -> None:
        model.graph.output[1].type.CopyFrom(
            helper.make_sequence_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, [None]))
        )

    assert keys(bent(change)) == ["not-a-tensor"]


def test_a_fixed_number_of_rows_is_refused() -> None:
    def change(model: Any) -> None:
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1

    assert keys(bent(change)) == ["rows"]


@pytest.mark.parametrize("side", ["input", "output"])
@pytest.mark.parametrize("size", [None, "width", 0])
def test_a_row_of_any_number_of_values_is_refused_here_and_not_when_it_is_deployed(side: str, size: object) -> None:
    def change(model: Any) -> None:
        dim = getattr(model.graph, side)[-1].type.tensor_type.shape.dim[1]
        dim.Clear()
        if isinstance(size, str):
            dim.dim_param = size
        elif size is not None:
            dim.dim_value = size

    assert "free-row" in keys(bent(change))


@pytest.mark.parametrize(("count", "found"), [(10_000, []), (10_001, ["inputs"])])
def test_ten_thousand_inputs_are_accepted_and_one_more_is_refused(count: int, found: list[str]) -> None:
    assert keys(judge(wide_model(count), wide_vectors(count))) == found


@pytest.mark.parametrize("name", ["", " amount", "a\u202eb", "a\nb", "x" * 300])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    assert "name" in keys(bent(lambda model: setattr(model.graph.input[0], "name", name)))


def test_two_inputs_of_one_name_are_refused() -> None:
    assert keys(bent(lambda model: model.graph.input.append(model.graph.input[0]))) == ["name-twice"]


def test_a_graph_without_outputs_is_refused() -> None:
    assert keys(bent(lambda model: model.graph.ClearField("output"))) == ["outputs"]


# ------------------------------------------------------------------ vectors


def test_a_model_without_vectors_is_refused() -> None:
    assert keys(judge(tiny_model(), None)) == ["vectors-missing"]


def test_too_few_vectors_are_refused() -> None:
    verdict = judge(tiny_model(), tiny_vectors(rows=49))
    assert keys(verdict) == ["vectors-few"]
    assert verdict.reasons[0].values == {"rows": "49", "limit": "50"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"{",
        b"\xff\xfe",
        b'{"format": 2, "tolerance": "0.1", "inputs": {}, "outputs": {}}',
        b"[" * 100_000,
        tiny_vectors(more="x"),
        tiny_vectors(inputs=[]),
        tiny_vectors(inputs={"amount": 3, "job": 4}),
        tiny_vectors().replace(b"1950.0", b"NaN"),
        tiny_vectors().replace(b"1950.0", b"Infinity"),
    ],
)
def test_vectors_that_cannot_be_read_are_refused(data: bytes) -> None:
    assert keys(judge(tiny_model(), data)) == ["vectors-unreadable"]


@pytest.mark.parametrize("tolerance", ["0", "-1", "0.5", "1e9", "NaN", "Infinity", "much", "", 0.0001, None])
def test_a_tolerance_that_would_let_anything_pass_is_refused(tolerance: object) -> None:
    assert keys(judge(tiny_model(), tiny_vectors(tolerance=tolerance))) == ["vectors-tolerance"]


def test_vectors_of_other_columns_than_the_graph_takes_are_refused() -> None:
    assert keys(vectors_with(lambda whole: whole["inputs"].pop("job"))) == ["vectors-names"]
    assert keys(vectors_with(lambda whole: whole["inputs"].update(extra=whole["inputs"]["job"]))) == ["vectors-names"]
    assert keys(vectors_with(lambda whole: whole["outputs"].pop("label"))) == ["vectors-names"]


def test_vectors_with_columns_of_different_lengths_are_refused() -> None:
    assert keys(vectors_with(lambda whole: whole["inputs"]["job"].pop())) == ["vectors-uneven"]


@pytest.mark.parametrize("value", ["3", "clerk", {}, [1, 2]])
def test_a_vector_value_of_another_kind_is_refused(value: object) -> None:
    def change(whole: dict[str, Any]) -> None:
        whole["inputs"]["amount"][5] = value

    assert keys(vectors_with(change))[0] in {"value", "value-shape"}


@pytest.mark.parametrize("value", [5, None, True])
def test_a_text_value_that_is_no_text_is_refused(value: object) -> None:
    assert keys(vectors_with(lambda whole: whole["inputs"]["job"].__setitem__(3, value))) == ["value"]


def test_an_expected_answer_that_is_no_number_is_refused() -> None:
    assert keys(vectors_with(lambda whole: whole["outputs"]["probability"].__setitem__(3, [None]))) == [
        "vectors-not-finite"
    ]


# ------------------------------------------------------------------ replay


def test_a_graph_that_disagrees_with_its_vectors_is_refused_with_its_largest_difference() -> None:
    def change(model: Any) -> None:
        weights = np.asarray([0.0011, 1.5, 0.0], dtype=np.float32)[:, None]
        model.graph.initializer[0].CopyFrom(numpy_helper.from_array(weights, "weights"))

    verdict = bent(change)
    assert keys(verdict) == ["disagrees"]
    assert verdict.parity is not None
    amounts = json.loads(tiny_vectors())["inputs"]["amount"]
    jobs = json.loads(tiny_vectors())["inputs"]["job"]
    right = tiny_answers(amounts, jobs)
    bent_answers = 1 / (
        1 + np.exp(-(np.log(right / (1 - right)) + 0.0001 * np.asarray([a or 1000.0 for a in amounts])))
    )
    bent_answers[0] = right[0]  # an amount of nought stays nought
    apart = np.abs(bent_answers - right)
    assert float(verdict.parity.max_difference) == pytest.approx(apart.max(), abs=1e-5)
    assert verdict.parity.worst_row == apart.argmax()
    assert float(verdict.parity.share_over) == pytest.approx((apart > 1e-4).mean())


def test_one_row_beyond_the_tolerance_is_enough() -> None:
    verdict = vectors_with(lambda whole: whole["outputs"]["probability"][7].__setitem__(0, 0.5))
    assert keys(verdict) == ["disagrees"]
    assert verdict.parity is not None
    assert verdict.parity.worst_row == 7
    assert [row for row, _ in verdict.parity.rows_over] == [7]


def forest(*, is_scaled: bool) -> tuple[bytes, bytes]:
    """A forest over close numbers as scikit-learn trains and skl2onnx exports it, and its own answers."""
    numbers = 1e6 + np.arange(400.0).reshape(-1, 1) / 8  # exact in 32 bits; no longer so when they are scaled
    kinds = np.random.default_rng(1).integers(0, 2, 400)
    trees = RandomForestClassifier(5, random_state=1)
    model = (make_pipeline(StandardScaler(), trees) if is_scaled else trees).fit(numbers, kinds)
    options = {"zipmap": False}
    made = convert_sklearn(model, "trees", [("amount", FloatTensorType([None, 1]))], target_opset=18, options=options)
    label, probability = (output.name for output in made.graph.output)
    outputs = {label: model.predict(numbers).tolist(), probability: model.predict_proba(numbers).tolist()}
    vectors = {"format": 1, "tolerance": "0.0001", "inputs": {"amount": numbers[:, 0].tolist()}, "outputs": outputs}
    return made.SerializeToString(), json.dumps(vectors).encode()


def test_a_scaler_before_trees_that_moves_rows_is_found_named_and_the_cure_is_told() -> None:
    verdict = judge(*forest(is_scaled=True))
    assert keys(verdict) == ["disagrees", "scaled-trees"]
    assert verdict.reasons[1].values == {"name": "amount"}
    assert "leave the scaler out" in Words("en").told("say.models.reason.scaled-trees", name="amount")


def test_the_cure_cures() -> None:
    verdict = judge(*forest(is_scaled=False))
    assert verdict.reasons == ()


def test_another_word_is_refused_though_the_numbers_agree() -> None:
    verdict = vectors_with(lambda whole: whole["outputs"]["label"].__setitem__(0, "bad"))
    assert keys(verdict) == ["disagrees"]
    assert verdict.reasons[0].values["words"] == "1"


def test_an_answer_that_is_no_number_is_refused() -> None:
    def change(model: Any) -> None:
        model.graph.node[0].CopyFrom(helper.make_node("Log", ["amount"], ["known"]))
        model.graph.node[6].CopyFrom(helper.make_node("Neg", ["sum"], ["probability"]))

    verdict = bent(change)
    assert keys(verdict) == ["not-finite"]


def test_a_graph_that_the_runtime_does_not_load_is_refused() -> None:
    assert keys(bent(lambda model: model.graph.node[3].input.append("nowhere"))) == ["does-not-load"]


def test_a_graph_that_fails_on_its_rows_is_refused() -> None:
    def change(model: Any) -> None:
        for one in model.graph.node[1].attribute:
            if one.name == "zeros":
                one.i = 0  # a value never seen before is then an error, and the vectors hold one

    assert keys(bent(change)) == ["does-not-run"]


def test_an_answer_of_another_shape_than_expected_is_refused() -> None:
    whole = json.loads(tiny_vectors())
    whole["outputs"]["probability"] = [[1.0, 0.0]] * 60
    assert keys(judge(tiny_model(), json.dumps(whole).encode())) == ["value-shape"]


def test_the_tiny_graph_is_valid_onnx() -> None:
    onnx.checker.check_model(onnx.load_from_string(tiny_model()))
    assert tiny_graph().name == "tiny"


def test_a_file_that_is_swapped_while_it_is_judged_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, parity = tmp_path / "model.onnx", tmp_path / "vectors.json"
    model.write_bytes(tiny_model())
    parity.write_bytes(tiny_vectors())
    parse = graph.parse

    def swap(data: bytes) -> Any:
        model.write_bytes(b"\x80\x04 something else")
        parity.write_bytes(b"{}")
        return parse(data)

    monkeypatch.setattr(graph, "parse", swap)
    answer = gate.task(Request({}, scratch=tmp_path, files={"model": model, "vectors": parity}))
    assert answer["verdict"]["reasons"] == ()
    assert answer["sha256"]["model"] == hashlib.sha256(tiny_model()).hexdigest()


# ------------------------------------------------------------------ preprocessing beside the model


def beside(bend: Callable[[Any], None] | None = None, vectors: bytes | None = None) -> Verdict:
    before, after = tiny_halves(bend)
    return judge(after, vectors or tiny_vectors(), before)


def test_two_graphs_in_a_row_are_judged_as_one_model_of_raw_rows() -> None:
    assert replace(beside(), producer="tests") == judge(tiny_model(), tiny_vectors())


def test_either_graph_alone_is_no_model_of_these_rows() -> None:
    for half in tiny_halves():
        assert keys(judge(half, tiny_vectors())) == ["vectors-names"]


def renamed(model: Any) -> None:
    model.graph.output[0].name = model.graph.node[-1].output[0] = "other"


def left_over(model: Any) -> None:
    model.graph.output.append(helper.make_tensor_value_info("known", TensorProto.FLOAT, ["N", 1]))


def narrower(model: Any) -> None:
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 2


def of_another_type(model: Any) -> None:
    model.graph.node[-1].output[0] = "narrow"
    model.graph.node.append(helper.make_node("Cast", ["narrow"], ["row"], to=TensorProto.DOUBLE))
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.DOUBLE


@pytest.mark.parametrize(
    ("bend", "key", "values"),
    [
        (renamed, ["preprocessing-lacks", "preprocessing-spare"], {"name": "row"}),
        (left_over, ["preprocessing-spare"], {"name": "known"}),
        (narrower, ["preprocessing-fit"], {"name": "row", "given": "float32[·, 2]", "taken": "float32[·, 3]"}),
        (of_another_type, ["preprocessing-fit"], {"name": "row", "given": "float64[·, 3]", "taken": "float32[·, 3]"}),
    ],
)
def test_preprocessing_whose_outputs_do_not_fit_is_refused_with_the_name(
    bend: Callable[[Any], None], key: list[str], values: dict[str, str]
) -> None:
    verdict = beside(bend)
    assert keys(verdict) == key
    assert verdict.reasons[0].values == values
    assert verdict.signature is None


def test_hostile_operators_in_preprocessing_are_refused_and_the_file_is_named() -> None:
    def steal(model: Any) -> None:
        model.opset_import.append(helper.make_opsetid("com.custom", 1))
        model.graph.node.append(helper.make_node("Steal", ["amount"], ["gone"], domain="com.custom"))

    def draw(model: Any) -> None:
        model.graph.node.append(helper.make_node("RandomNormalLike", ["known"], ["x"]))

    assert keys(beside(steal)) == ["preprocessing", "domain"]
    assert keys(beside(draw)) == ["preprocessing", "random"]


@pytest.mark.parametrize("data", [b"", b"\x80\x04\x95\x00.", b"PK\x05\x06" + b"\0" * 18, b"no model at all"])
def test_preprocessing_that_is_no_onnx_is_refused_and_the_file_is_named(data: bytes) -> None:
    assert keys(judge(tiny_halves()[1], tiny_vectors(), data)) == ["preprocessing", "not-onnx"]


def test_preprocessing_that_computes_otherwise_than_training_did_is_found_by_the_vectors() -> None:
    def other_words(model: Any) -> None:
        encoder = next(node for node in model.graph.node if node.op_type == "OneHotEncoder")
        encoder.attribute[0].strings[:] = encoder.attribute[0].strings[::-1]

    verdict = beside(other_words)
    assert keys(verdict) == ["disagrees"]


def test_the_worker_says_which_preprocessing_it_judged(tmp_path: Path) -> None:
    before, after = tiny_halves()
    files = {"model": after, "preprocessing": before, "vectors": tiny_vectors()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    answer = gate.task(Request({}, scratch=tmp_path, files={name: tmp_path / name for name in files}))
    assert answer["sha256"] == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert not answer["verdict"]["reasons"]
