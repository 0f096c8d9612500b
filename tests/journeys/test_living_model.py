"""A model that answers: stopped in two presses and let go again, then asked about by somebody who was not there."""

from tests.e2e.conftest import Home
from tests.journeys.screen import Desktop

REASON = "It refused too many"
SAID = "It refuses: a request was sent and turned away."


def test_a_live_model_is_stopped_in_two_presses_with_the_reason_asked_after_and_let_go_again(
    served: Home, opened: Desktop
) -> None:
    opened.click("Deployments", role="check box")
    opened.click("Stop this model")
    opened.click("Stop it now")
    opened.see(SAID, role="label", within=15)
    (shown,) = served.json("status")["deployments"]
    assert shown["state"] == "stopped"
    field = next(one for one in opened.all(role="text") if "focused" in one.states)
    assert field.name, "where to write why has the focus, and a name"
    opened.write(REASON)
    opened.click("Keep the reason")
    opened.gone("Keep the reason")
    assert REASON in served.call("audit", "explain").stdout
    opened.click("Lift the stop")
    opened.see("Why", role="text")
    opened.write("It was a test")
    opened.press("Return")
    opened.until(served.is_serving, "it does not answer again", within=30)
    assert served.json("audit", "verify")["verdict"] == "PASS"


def test_an_auditor_finds_who_approved_what_answers_and_walks_back(served: Home, opened: Desktop) -> None:
    opened.click("Audit", role="check box")
    opened.see("Verified", role="label", within=30)
    opened.click("Review", role="check box")
    opened.see(part="approved it on", within=30)
    opened.see(part="in a project of one person")
    opened.click("Timeline", role="check box")
    opened.see(part="Service")
    opened.click("Walk back", role="check box")
    opened.see(part="Left goes back")
