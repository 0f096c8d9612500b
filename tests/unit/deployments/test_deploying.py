"""From a signed release to an answer, and to its end."""



from surefoot.deployments import State
from tests.unit.deployments.conftest import Yard


def test_a_signed_release_answers_and_the_record_says_so(yard: Yard) -> None:
    release = yard.signed()
    deployed = yard.deployments.deploy(release)
    active = deployed.deployment.active
    assert deployed.deployment.state is State.SERVING
    assert deployed.answer["label"] == "clerk"
    assert yard.ask().status == 200
    assert yard.types("environment.", "release.activated", "service.") == [
        "environment.declared",
        "release.activated",
        "service.leased",
        "service.started",
    ]
    activated = yard.recorder.of_type("release.activated")[0]
    assert activated.subjects[0].id == active.activation
    assert activated.subjects[0].sha256 == active.digest
    assert activated.body is not None
    assert activated.body["environment"] == "local"
    assert yard.recorder.of_type("service.started")[0].role == "machine"
    assert yard.woken == ["supervisor"]
