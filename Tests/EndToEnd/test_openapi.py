"""The description that mockgem serves of itself, against OpenAPI and against what it answers."""

import json
import os
import subprocess
import unicodedata
import urllib.error
import urllib.request

import hypothesis
import pytest
import schemathesis
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance, response_headers_conformance, response_schema_conformance,
    status_code_conformance)

from conftest import BINARY, ROOT, Server, serving

SCENARIO = ROOT / "Tests" / "EndToEnd" / "openapi.yaml"
# What is there to be found: names that chance would not hit upon.
NAMES = {
    "model": ["gemini-3-flash-preview", "gemini-embedding-001", "imagen-4", "veo-3"],
    "tunedModel": ["x", "y"], "file": ["f", "g"], "cachedContent": ["c"], "corpus": ["c"],
    "batch": ["b"], "permission": ["owner"], "operation": ["o", "initial"],
    "generatedFile": ["f"], "call": ["rtc_1"], "fault": ["order-1"],
}


@pytest.fixture(scope="module")
def server(state, tmp_path_factory):
    with serving(state, tmp_path_factory.mktemp("openapi")) as start:
        yield start(SCENARIO)


@pytest.fixture(scope="module")
def description(server: Server) -> dict:
    with urllib.request.urlopen(f"{server.http}/mockgem/openapi.json") as answer:
        assert answer.headers["Content-Type"].startswith("application/json")
        return json.load(answer)


def api() -> schemathesis.BaseSchema:
    """What the scenario will be served as; a test holds that it is."""
    schema = schemathesis.openapi.from_dict(json.loads(written(SCENARIO)))

    @schema.hook
    def map_path_parameters(context, path_parameters):
        return {name: choose(name, value) for name, value in (path_parameters or {}).items()}

    @schema.hook
    def map_query(context, query):
        """The journal waits for as long as it is asked to: minutes, too."""
        return {**query, "wait": "5ms"} if query and "wait" in query else query

    # A reset takes away what is there to be found.
    return schema.exclude(path="/mockgem/reset")


def written(*words: object) -> bytes:
    command = [BINARY, "schema", *words, "--format", "openapi"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def choose(name: str, value: object) -> object:
    """Half of the time something that is there."""
    names = NAMES.get(name, [])
    number = sum(str(value).encode())
    return names[number // 2 % len(names)] if names and number % 2 else value


CREDENTIALS = {"x-goog-api-key": "k", "Authorization": "Bearer k"}
# How much is asked of each operation; a long run asks more.
EXAMPLES = int(os.environ.get("MOCKGEM_FUZZ", "10"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance, response_headers_conformance,
]

OPERATIONS = {operation.label: operation for operation in (
    result.ok() for result in api().get_all_operations())}


def test_the_description_is_openapi(description: dict) -> None:
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []


def test_the_command_line_writes_the_same(description: dict) -> None:
    assert json.loads(written(SCENARIO)) == description


def test_a_command_line_without_a_scenario_leaves_out_routes() -> None:
    paths = json.loads(written())["paths"]
    assert "/mockgem/openapi.json" in paths
    assert "/v1/chat/{chat}/message" not in paths


def test_the_command_line_takes_a_file_for_openapi_only() -> None:
    refused = subprocess.run([BINARY, "schema", SCENARIO], stderr=subprocess.PIPE, text=True)
    assert refused.returncode == 64
    assert "hint: '--format openapi' takes a file" in refused.stderr


@pytest.mark.parametrize("label", OPERATIONS)
def test_answers_what_it_declares(label: str, server: Server) -> None:
    """Whatever is asked of an operation: no crash, no hang, and what was declared comes back."""
    @hypothesis.given(case=OPERATIONS[label].as_strategy())
    @hypothesis.settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(hypothesis.HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        case.headers = {**(case.headers or {}), **CREDENTIALS}
        case.call_and_validate(base_url=server.http, checks=CHECKS, timeout=10)

    ask()


def test_is_none_the_worse_for_it(server: Server) -> None:
    with urllib.request.urlopen(f"{server.http}/mockgem") as answer:
        assert json.load(answer)["scenario"] == "Something of everything"


def test_what_a_client_sends_stays_on_its_line_of_the_log(server: Server) -> None:
    body = json.dumps({"contents": 1, "tools": 2, "x\n\u009b31m": 3}).encode()
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(
            f"{server.http}/v1beta/models/x:generateContent", body, CREDENTIALS))
    server.wait_for_log("\\u{9b}31m")
    # The line after it may still be on its way.
    lines = server.log().split("\n")[:-1]
    assert [line for line in lines if not line.startswith("mockgem: ")] == []
    assert not any(unicodedata.category(letter) == "Cc" for line in lines for letter in line)
