"""Two versions of a model in two environments at once: what is done to one leaves the other as it is."""

from surefoot.deployments import State
from surefoot.deployments.probes import ask
from surefoot.deployments.processes import Process
from tests.unit.deployments.conftest import ROW, Yard

ONCE = '[environment.clinic]\nlease = "1h"\n'


def version_answering(yard: Yard, environment: str) -> str:
    token, _ = yard.places.environment(environment).token()
    answer = ask(yard.active(environment).port, "/predict", body={"rows": [ROW]}, token=token)
    assert answer.status == 200
    return str(answer.body["model"]["version"])


def test_two_versions_answer_at_once_each_to_its_own_token(yard: Yard) -> None:
    (yard.project / "surefoot.toml").write_text(ONCE, encoding="utf-8")
    yard.deployments.deploy(yard.first, "local")
    yard.deployments.deploy(yard.second, "clinic")
    assert version_answering(yard, "local") == "1.0.0"
    assert version_answering(yard, "clinic") == "1.0.1"
    assert {(each.active.environment, each.state) for each in yard.deployments.status()} == {
        ("local", State.SERVING),
        ("clinic", State.SERVING),
    }
    tokens = {name: yard.places.environment(name).token()[0] for name in ("local", "clinic")}
    assert ask(yard.active("clinic").port, "/v2", token=tokens["local"]).status == 401


def test_one_release_answers_in_two_places_and_a_stop_or_a_replacement_reaches_one_of_them(yard: Yard) -> None:
    (yard.project / "surefoot.toml").write_text(ONCE, encoding="utf-8")
    for environment in ("local", "clinic"):
        yard.deployments.deploy(yard.first, environment)
    other = yard.active("clinic")
    yard.deployments.stop("local", reason="wrong")
    assert version_answering(yard, "clinic") == "1.0.0"
    yard.deployments.deploy(yard.second, "local")
    yard.deployments.rollback("clinic", to=yard.second)
    assert (version_answering(yard, "local"), version_answering(yard, "clinic")) == ("1.0.1", "1.0.1")
    assert not Process(other.pid, other.born).is_alive
    assert yard.active("clinic").port == other.port
