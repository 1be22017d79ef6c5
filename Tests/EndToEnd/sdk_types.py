"""Checks messages against the vendors' own types, strictly.

A message passes when it is of a known class, holds every field that class requires with the type
it requires, and holds nothing the class does not know.
"""

import json
import typing

import pydantic
from google.genai import _live_converters as live_converters
from google.genai import types as genai_types
from openai.types.beta.realtime import RealtimeServerEvent as BetaServerEvent
from openai.types.realtime import RealtimeServerEvent, RealtimeTranslationServerEvent

# Recorded from the real service, and missing in the SDK's classes.
WIRE_ONLY = {
    "session.created.session.object", "session.created.session.id",
    "session.created.session.expires_at", "session.updated.session.object",
    "session.updated.session.id", "session.updated.session.expires_at",
    "response.output_text.delta.obfuscation",
    "response.output_audio_transcript.delta.obfuscation",
    "response.function_call_arguments.delta.obfuscation",
    "response.mcp_call_arguments.delta.obfuscation",
    "conversation.item.input_audio_transcription.delta.obfuscation",
    "Interaction.object",
}
# Recorded from the beta, and missing in the SDK's classes.
BETA_WIRE_ONLY = {
    f"session.{word}.session.{name}"
    for word in ("created", "updated")
    for name in ("object", "expires_at", "client_secret", "truncation", "prompt", "include")
} | {
    f"transcription_session.updated.session.{name}"
    for name in ("id", "object", "expires_at", "include", "input_audio_noise_reduction")
} | {"response.done.response.usage.input_token_details.cached_tokens_details"}


def _openai_classes(union: object) -> dict[str, type[pydantic.BaseModel]]:
    union = typing.get_args(union)[0]
    classes: dict[str, type[pydantic.BaseModel]] = {}
    for member in typing.get_args(union):
        for word in typing.get_args(member.model_fields["type"].annotation):
            classes[word] = member
    return classes


OPENAI = _openai_classes(RealtimeServerEvent)
OPENAI_BETA = _openai_classes(BetaServerEvent)
OPENAI_TRANSLATION = _openai_classes(RealtimeTranslationServerEvent)


def _unknown_fields(model: object, path: str) -> list[str]:
    if isinstance(model, list):
        return [name for i, item in enumerate(model) for name in _unknown_fields(item, f"{path}[{i}]")]
    if not isinstance(model, pydantic.BaseModel):
        return []
    names = [f"{path}.{name}" for name in model.model_extra or {}]
    for name in type(model).model_fields:
        names += _unknown_fields(getattr(model, name), f"{path}.{name}")
    return names


def _check(event: dict, classes: dict[str, type[pydantic.BaseModel]], known: set[str]) -> None:
    cls = classes.get(event["type"])
    assert cls is not None, f"the SDK knows no event {event['type']}"
    model = cls.model_validate_json(json.dumps(event), strict=True)
    unknown = set(_unknown_fields(model, event["type"])) - known
    assert not unknown, f"the SDK knows no {unknown}"


def check_openai(event: dict) -> None:
    _check(event, OPENAI, WIRE_ONLY)


def check_openai_beta(event: dict) -> None:
    _check(event, OPENAI_BETA, BETA_WIRE_ONLY)


def check_openai_translation(event: dict) -> None:
    _check(event, OPENAI_TRANSLATION, set())


def check_gemini(message: dict) -> None:
    # What `session.receive()` does to a message; the SDK's models forbid unknown fields themselves.
    assert genai_types.LiveServerMessage.model_config.get("extra") == "forbid"
    converted = live_converters._LiveServerMessage_from_mldev(message)
    model = genai_types.LiveServerMessage.model_validate(converted)
    known = model.model_dump(exclude_none=True)
    assert known or message == {}, f"nothing of {message} was understood"


def check_interactions(model: pydantic.BaseModel) -> None:
    """Checks what `client.interactions` made of an answer or an event of a stream."""
    unknown = set(_unknown_fields(model, type(model).__name__)) - WIRE_ONLY
    assert not unknown, f"the SDK knows no {unknown}"
    assert not _unknown_classes(model), f"the SDK knows no {_unknown_classes(model)}"


def _unknown_classes(model: object) -> list[object]:
    """What the SDK kept raw since it knows no such type: its classes for it say so."""
    if isinstance(model, list):
        return [found for item in model for found in _unknown_classes(item)]
    if not isinstance(model, pydantic.BaseModel):
        return []
    if getattr(model, "is_unknown", False):
        return [model]
    fields = type(model).model_fields
    return [found for name in fields for found in _unknown_classes(getattr(model, name))]
