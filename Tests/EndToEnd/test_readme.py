"""The README's CI examples, run as they are written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import BINARY, ROOT
from ruamel.yaml import YAML

README = (ROOT / "README.md").read_text()


def example(language: str, words: str) -> str:
    """The block of code that holds these words."""
    [block] = [block for block in re.findall(rf"```{language}\n(.*?)```", README, re.S)
               if words in block]
    return block


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with scenarios of its own, and `mockgem` and `python` in its path."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "mockgem").symlink_to(BINARY)
    (tmp_path / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "bin" / "python").chmod(0o755)
    return tmp_path


@pytest.fixture
def environment(project: Path, state: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{project}/bin:{os.environ['PATH']}",
            "XDG_STATE_HOME": str(state)}


def test_the_github_workflow(project: Path, environment: dict[str, str]) -> None:
    workflow = YAML(typ="safe").load(example("yaml", "jobs:"))
    [step] = [step for step in workflow["jobs"]["voice"]["steps"] if "run" in step]
    client = Path(__file__).parent / "clients" / "openai_hello.py"
    (project / "client.py").write_text(client.read_text())
    result = subprocess.run(
        step["run"], shell=True, cwd=project, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert sorted(path.name for path in (project / "reports").iterdir()) == [
        "mockgem.html", "mockgem.xml"]


def test_the_pytest_fixture(project: Path, environment: dict[str, str]) -> None:
    (project / "conftest.py").write_text(example("python", "# conftest.py"))
    (project / "test_hello.py").write_text(
        "from openai import OpenAI\n\n\n"
        "def test_hello(mockgem):\n"
        "    client = OpenAI(base_url=f'{mockgem}/v1', api_key='any')\n"
        "    with client.realtime.connect(model='gpt-realtime') as connection:\n"
        "        assert next(iter(connection)).type == 'session.created'\n")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_hello.py"],
        cwd=project, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node")
def test_the_node_module(project: Path, environment: dict[str, str]) -> None:
    (project / "mockgem.mjs").write_text(example("js", "// mockgem.mjs"))
    (project / "app.mjs").write_text(
        "const answer = await fetch(process.env.MOCKGEM_URL);\n"
        "console.log((await answer.json()).scenario, process.env.OPENAI_BASE_URL);\n")
    result = subprocess.run(
        ["node", "--import", "./mockgem.mjs", "app.mjs"], cwd=project, env=environment,
        capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr
    assert re.fullmatch(r"Hello http://127\.0\.0\.1:\d+/v1\n", result.stdout)
