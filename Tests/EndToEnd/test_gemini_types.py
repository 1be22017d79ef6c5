"""The tables of Gemini Live's messages, compared with the types of the installed SDK.

A field the SDK can send and the tables lack would close a session that the real service keeps.
"""

import re

import pydantic
import pytest
from conftest import ROOT
from google.genai import types
from pydantic.alias_generators import to_camel

TABLES = (ROOT / "Sources/Protocols/GeminiLive/MessageTables.swift").read_text()
README = (ROOT / "Tests/README.md").read_text()

# Our names for messages whose class is called otherwise.
CLASSES = {
    "ClientMessage": types.LiveClientMessage, "Setup": types.LiveClientSetup,
    "ClientContent": types.LiveClientContent, "RealtimeInput": types.LiveClientRealtimeInput,
    "ClientToolResponse": types.LiveClientToolResponse,
    "ContextUpdate": types.LiveClientContextUpdate,
    "ContextUpdateTools": types.LiveClientContextUpdateTools,
    "MusicMessage": types.LiveMusicClientMessage, "MusicSetup": types.LiveMusicClientSetup,
    "MusicContent": types.LiveMusicClientContent, "MusicConfig": types.LiveMusicGenerationConfig,
}
# What the classes call otherwise than the wire does, or do not have.
WIRE_ONLY = {
    "Setup.realtimeInputConfig", "AuthToken.bidiGenerateContentSetup", "AuthToken.fieldMask",
}
# The response of POST auth_tokens has it, the request has not.
SDK_ONLY = {"AuthToken.name"}


def _entries(name: str) -> dict[str, list[str]]:
    table = re.search(rf'static let {name} = """\n(.*?)"""', TABLES, re.S).group(1)
    entries: dict[str, list[str]] = {}
    for line in table.splitlines():
        if not line.strip():
            continue
        if line.startswith("      "):
            entries[list(entries)[-1]] += line.split()
        else:
            name, *words = line.split()
            entries[name] = words[1:]
    return entries


MESSAGES = _entries("messages")
ENUMS = _entries("enums")


def _class(name: str) -> type[pydantic.BaseModel] | None:
    return CLASSES.get(name) or getattr(types, name, None)


@pytest.mark.parametrize("name", MESSAGES)
def test_the_sdk_sends_no_field_that_the_tables_lack(name: str) -> None:
    cls = _class(name)
    assert cls is not None, f"the SDK has no class for {name}"
    ours = {f"{name}.{word.split(':')[0]}" for word in MESSAGES[name]}
    theirs = {f"{name}.{field.alias or to_camel(key)}" for key, field in cls.model_fields.items()}
    assert theirs - ours - SDK_ONLY == set()
    assert ours - theirs - WIRE_ONLY == set()


@pytest.mark.parametrize("name", ENUMS)
def test_enums_have_the_words_of_the_sdk(name: str) -> None:
    cls = {"PlaybackControl": types.LiveMusicPlaybackControl}.get(name) or getattr(types, name)
    assert {member.value for member in cls} - set(ENUMS[name]) == set()


def _rows() -> dict[str, tuple[str, str]]:
    section = README.split("\n## Gemini Live\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| ([\w.]+): (.+) \|$", section, re.M)
    return {name: (file, test) for name, file, test in rows}


def _fields(cls: type[pydantic.BaseModel]) -> list[str]:
    return [field.alias or to_camel(key) for key, field in cls.model_fields.items()]


def test_the_readme_names_a_test_for_every_message_and_field() -> None:
    wanted = set(_fields(types.LiveServerMessage))
    wanted |= {f"serverContent.{field}" for field in _fields(types.LiveServerContent)}
    for message in MESSAGES["ClientMessage"]:
        name, kind = message.split(":")
        wanted |= {name} | {f"{name}.{word.split(':')[0]}" for word in MESSAGES[kind]}
    assert wanted - set(_rows()) == set()


@pytest.mark.parametrize("name", _rows())
def test_the_tests_of_the_readme_exist(name: str) -> None:
    file, test = _rows()[name]
    folder = "EndToEnd" if file.endswith(".py") else "GeminiLiveTests"
    path = ROOT / "Tests" / folder / (file if file.endswith(".py") else f"{file}.swift")
    assert test in path.read_text()
