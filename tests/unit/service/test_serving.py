from tests.fakes.service import ROW, Site, expected


def test_a_released_model_answers_plain_rows(site: Site) -> None:
    site.start()
    answer = site.ask(body={"rows": [ROW, {**ROW, "job": "unskilled"}]})
    assert answer.status == 200
    first, second = answer.body["predictions"]
    assert abs(first["probability"] - expected(41, 2500, "skilled")) < 1e-6
    assert second["label"] == 1
    assert answer.body["model"] == {"name": "credit", "version": "1.0.0", "release": site.release}
    assert answer.headers["x-request-id"] == answer.body["id"]
