"""Serving several scenarios, changing them, and the control API, with the OpenAI SDK as client."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BINARY, Server
from openai import OpenAI


def answer(server: Server, said: str = "Hello", key: str = "k", **headers: str) -> str:
    """What the model answers to a text turn."""
    client = OpenAI(base_url=f"{server.http}/v1", api_key=key)
    extra = {"extra_headers": headers} if headers else {}
    with client.realtime.connect(model="gpt-realtime", **extra) as connection:
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        connection.conversation.item.create(item={
            "type": "message", "role": "user",
            "content": [{"type": "input_text", "text": said}]})
        connection.response.create()
        for event in connection:
            if event.type == "response.output_text.done":
                return event.text
            if event.type == "response.done":
                return ""
    raise AssertionError("the connection ended")


def control(server: Server, method: str, path: str, body: str | None = None) -> dict:
    request = urllib.request.Request(
        f"{server.http}/mockgem{path}", body.encode() if body else None, method=method)
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)


def write(folder: Path, name: str, says: str) -> None:
    (folder / f"{name}.yaml").write_text(
        f"mockgem: 1\nname: {name}\npace: fast\nsteps:\n- await: user\n- say: {says}\n")


def test_a_server_without_a_file_is_a_parrot(tmp_path: Path, state: Path) -> None:
    process = subprocess.Popen(
        [BINARY, "serve", "--port", "0", "--quiet"], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "XDG_STATE_HOME": str(state)})
    try:
        port = int(process.stdout.readline().split()[2].rsplit(":", 1)[1])
        assert answer(Server(process, port, state, tmp_path, tmp_path / "log-0"), "Polly wants a cracker") == (
            "Polly wants a cracker")
    finally:
        process.terminate()
        assert process.wait(5) == 0
        process.stdout.close()


def test_a_client_chooses_its_scenario(serve: Callable[..., Server], tmp_path: Path) -> None:
    for name, says in (("first", "One."), ("second", "Two.")):
        write(tmp_path, name, says)
    server = serve(tmp_path)
    assert answer(server) == "One."
    assert answer(server, **{"x-mockgem-scenario": "second"}) == "Two."
    about = control(server, "GET", "")
    assert (about["scenario"], about["scenarios"]) == ("first", ["first", "second"])
    assert answer(serve(tmp_path, "--default", "second")) == "Two."


def test_changed_files_are_read_again_and_wrong_ones_change_nothing(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    write(folder, "only", "Before.")
    server = serve(folder, "--watch")

    assert answer(server) == "Before."
    write(folder, "only", "After.")
    server.wait_for_log("read again")
    assert answer(server) == "After."
    (folder / "only.yaml").write_text("mockgem: 1\nsteps: [{sya: No.}]\n")
    server.wait_for_log("stay as they were")
    assert "did you mean 'say'?" in server.log()
    assert answer(server) == "After."


def test_faults_are_ordered_on_the_command_line_and_while_the_server_runs(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    write(tmp_path, "only", "Here.")
    server = serve(tmp_path, "--fault", "reset after response.created on connection 1")
    with pytest.raises(Exception):
        answer(server)
    assert answer(server) == "Here."
    name = control(server, "POST", "/faults", "drop on response.output_text.done")["name"]
    assert answer(server) == ""
    assert len(control(server, "GET", "/faults")["faults"]) == 2
    assert control(server, "DELETE", f"/faults/{name}") == {"removed": 1}
    assert answer(server) == "Here."


def test_keys_share_nothing_and_a_reset_forgets(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    (tmp_path / "x.yaml").write_text(
        "mockgem: 1\npace: fast\nconnections:\n- nth: 1\n  steps: [{await: user}, {say: First.}]\n"
        "steps: [{await: user}, {say: Later.}]\n")
    server = serve(tmp_path / "x.yaml")
    assert [answer(server, key="a"), answer(server, key="a")] == ["First.", "Later."]
    assert answer(server, key="b") == "First."
    control(server, "POST", "/reset", "{}")
    assert answer(server, key="a") == "First."
