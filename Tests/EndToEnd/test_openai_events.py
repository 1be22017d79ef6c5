"""The table of events in `Tests/README.md` has every name the SDK's unions have."""

import re
import typing

import pytest
from conftest import ROOT
from openai.types import realtime
from openai.types.beta import realtime as beta

UNIONS = {
    "GA server": realtime.RealtimeServerEvent,
    "GA client": realtime.RealtimeClientEvent,
    "translation server": realtime.RealtimeTranslationServerEvent,
    "translation client": realtime.RealtimeTranslationClientEvent,
    "beta server": beta.RealtimeServerEvent,
    "beta client": beta.RealtimeClientEvent,
}
ROW = re.compile(r"^\| `([\w.]+)` \| (.+) \|$", re.MULTILINE)


def names(union: object) -> set[str]:
    members = typing.get_args(typing.get_args(union)[0])
    return {
        word for member in members
        for word in typing.get_args(member.model_fields["type"].annotation)}


def rows(title: str) -> dict[str, list[str]]:
    text = (ROOT / "Tests" / "README.md").read_text()
    section = re.split(rf"^### {title}: \d+$", text, flags=re.MULTILINE)[1].split("\n#")[0]
    return {name: re.findall(r"`(\w+)`", tests) for name, tests in ROW.findall(section)}


@pytest.mark.parametrize("title", UNIONS)
def test_the_table_has_every_event_of_the_sdk(title: str) -> None:
    table = rows(title)
    assert set(table) == names(UNIONS[title])
    for name, tests in table.items():
        assert tests, name
        for test in tests:
            file = (
                ROOT / "Tests" / "EndToEnd" / f"{test}.py" if test.startswith("test_")
                else ROOT / "Tests" / "OpenAIRealtimeTests" / f"{test}.swift")
            assert f'"{name}"' in file.read_text(), f"{file.name} does not know {name}"
