"""Every story of `scenarios/faults` is held with a vendor's SDK, whose reaction the README records.

`MOCKGEM_GOLDEN=update` writes the table anew.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from reactions import SDKS, STORIES, react
from ruamel.yaml import YAML

README = STORIES / "README.md"
BEGIN, END = "<!-- reactions: asserted by test_fault_stories.py -->", "<!-- end of reactions -->"
SCENARIOS = sorted(STORIES.glob("*.yaml"))
HELD = [
    (path, protocol) for path in SCENARIOS
    for protocol in YAML(typ="safe").load(path.read_text())["protocols"]]


def recorded() -> dict[tuple[str, str], str]:
    """The reaction in the README, by story and protocol."""
    table = README.read_text().split(BEGIN)[1].split(END)[0]
    rows = [line.strip("| ").split(" | ", 3) for line in table.splitlines() if line[:3] == "| `"]
    return {(story.strip("`"), protocol): reaction for story, protocol, _, reaction in rows}


@pytest.fixture(scope="module")
def reactions(state: Path) -> Iterator[dict[tuple[str, str], Future[str]]]:
    """All of them at once: each takes the time the service takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(state / "mockgem" / "ca.pem"))
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        pool = ThreadPoolExecutor(6)
        yield {
            (path.name, protocol): pool.submit(react, path, protocol, state)
            for path, protocol in HELD}
        pool.shutdown()


@pytest.mark.skipif(
    os.environ.get("MOCKGEM_GOLDEN") != "update", reason="only writes, when it is told to")
@pytest.mark.timeout(300)
def test_the_table_is_written(reactions) -> None:
    rows = [
        f"| `{story}` | {protocol} | {SDKS[protocol]} | {future.result()} |"
        for (story, protocol), future in reactions.items()]
    before, rest = README.read_text().split(BEGIN)
    head = "| story | over | SDK | what it does |\n|---|---|---|---|"
    table = "\n".join([BEGIN, head, *rows, END])
    README.write_text(before + table + rest.split(END)[1])


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "path, protocol", HELD, ids=[f"{path.stem}-{protocol}" for path, protocol in HELD])
def test_the_sdk_reacts_as_recorded(reactions, path: Path, protocol: str) -> None:
    key = (path.name, protocol)
    assert reactions[key].result() == recorded()[key]


def test_the_table_has_no_other_rows() -> None:
    assert set(recorded()) == {(path.name, protocol) for path, protocol in HELD}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_story_says_what_a_client_should_do(path: Path) -> None:
    lines = path.read_text().splitlines()
    comment = " ".join(line[2:] for line in lines[:lines.index("mockgem: 1")])
    assert "client" in comment.lower()
