"""Does the task of a Gemini Live requirement with nothing but a WebSocket:

    mockgem conform gemini-live -- python scenarios/conformance/drivers/websocket_live.py
"""

import base64
import json
import os
import time
import wave

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"


class Client:
    """One conversation, over as many connections as it takes."""

    def __init__(self, task: dict) -> None:
        self.task = task
        self.turns = list(task.get("turns", []))
        self.wanted = task.get("answers", len(self.turns))
        self.seen = {
            "text": "", "audio_ms": 0, "user": "", "calls": [], "answers": 0, "error": None}
        self.handle: str | None = None
        self.is_leaving = self.is_sent = False

    # What a client decides

    def pass_over(self, message: dict) -> None:
        """A message that holds nothing known is none of our business."""

    def drop_audio(self, received: int, played: int) -> int:
        """How much of an interrupted answer the user hears: what was played already."""
        return min(received, played)

    def answer(self, socket: ClientConnection, call: dict) -> None:
        self.seen["calls"].append({"name": call["name"], "arguments": call.get("args", {})})
        output = {"output": self.task["tools"][call["name"]]}
        socket.send(json.dumps({"toolResponse": {"functionResponses": [
            {"id": call["id"], "name": call["name"], "response": output}]}}))

    def heed_going_away(self) -> None:
        self.is_leaving = bool(self.task.get("resume"))

    def resumes(self) -> bool:
        return bool(self.task.get("resume"))

    # The conversation

    def run(self) -> dict:
        address = os.environ["MOCKGEM_URL"].replace("http", "ws", 1) + PATH
        key = {"x-goog-api-key": os.environ["GEMINI_API_KEY"]}
        for attempt in range(4):
            try:
                with connect(address, additional_headers=key, max_size=None) as socket:
                    self.is_leaving = False
                    self.talk(socket)
                if self.seen["answers"] >= self.wanted:
                    break
            except InvalidStatus as error:
                if error.response.status_code not in (429, 503):
                    self.seen["error"] = str(error)
                    break
            except (ConnectionClosed, WebSocketException) as error:
                if not self.resumes() or attempt == 3:
                    self.seen["error"] = str(error)
                    break
            time.sleep(0.1 * 2**attempt)
        else:
            self.seen["error"] = "the service does not answer"
        return self.seen

    def talk(self, socket: ClientConnection) -> None:
        socket.send(json.dumps({"setup": self.setup()}))
        while "setupComplete" not in json.loads(socket.recv()):
            pass
        while self.seen["answers"] < self.wanted and not self.is_leaving:
            if self.turns and not self.is_sent:
                self.say(socket, self.turns[0])
            self.is_sent = False
            self.hear(socket)
            self.seen["answers"] += 1
            if self.turns and not self.is_sent:
                self.turns.pop(0)
        while self.is_leaving:  # the handle of this turn comes after its end
            if (update := json.loads(socket.recv()).get("sessionResumptionUpdate")) is not None:
                self.handle = update.get("newHandle", self.handle)
                return

    def setup(self) -> dict:
        modality = self.task.get("modality", "audio").upper()
        setup: dict = {
            "model": "models/gemini-3.8-live",
            "generationConfig": {"responseModalities": [modality]}}
        if modality == "AUDIO":
            setup["outputAudioTranscription"] = {}
        if self.task.get("transcription"):
            setup["inputAudioTranscription"] = {}
        if "instructions" in self.task:
            setup["systemInstruction"] = {"parts": [{"text": self.task["instructions"]}]}
        if "tools" in self.task:
            functions = [{"name": name} for name in self.task["tools"]]
            setup["tools"] = [{"functionDeclarations": functions}]
        if self.task.get("resume"):
            setup["sessionResumption"] = {"handle": self.handle} if self.handle else {}
        if self.task.get("manual"):
            setup["realtimeInputConfig"] = {"automaticActivityDetection": {"disabled": True}}
        return setup

    def say(self, socket: ClientConnection, turn: dict) -> None:
        if "audio" not in turn:
            content = {"role": "user", "parts": [{"text": turn["text"]}]}
            return socket.send(json.dumps(
                {"clientContent": {"turns": [content], "turnComplete": True}}))
        with wave.open(turn["audio"]) as file:
            speech, rate = file.readframes(file.getnframes()), file.getframerate()
        blobs = [{"audio": {
            "mimeType": f"audio/pcm;rate={rate}",
            "data": base64.b64encode(speech[start:start + 4_800]).decode(),
        }} for start in range(0, len(speech), 4_800)]
        manual = self.task.get("manual")
        first = [{"activityStart": {}}] if manual else []
        last = {"activityEnd": {}} if manual else {"audioStreamEnd": True}
        for message in [*first, *blobs, last]:
            socket.send(json.dumps({"realtimeInput": message}))

    def hear(self, socket: ClientConnection) -> None:
        """Receives up to the end of an answer."""
        received, began, called, waiting = 0, None, False, {}
        turn = self.turns[0] if self.turns else {}
        while True:
            for call, due in list(waiting.values()):
                if due <= time.monotonic():
                    del waiting[call["id"]]
                    self.answer(socket, call)
            try:
                message = json.loads(socket.recv(timeout=0.05))
            except TimeoutError:
                continue
            content = message.get("serverContent", {})
            if not message.keys() & {
                "serverContent", "toolCall", "toolCallCancellation", "goAway", "usageMetadata",
                "sessionResumptionUpdate", "voiceActivity",
            }:
                self.pass_over(message)
            if message.get("sessionResumptionUpdate", {}).get("resumable"):
                self.handle = message["sessionResumptionUpdate"]["newHandle"]
            if "goAway" in message:
                self.heed_going_away()
            for call in message.get("toolCall", {}).get("functionCalls", []):
                called = True
                waiting[call["id"]] = (call, time.monotonic() + 0.3)  # a function takes a while
            for identifier in message.get("toolCallCancellation", {}).get("ids", []):
                waiting.pop(identifier, None)
            self.seen["user"] += content.get("inputTranscription", {}).get("text", "")
            self.seen["text"] += content.get("outputTranscription", {}).get("text", "")
            for part in content.get("modelTurn", {}).get("parts", []):
                if "text" in part and not part.get("thought"):
                    self.seen["text"] += part["text"]
                if "inlineData" in part:
                    began = began or time.monotonic()
                    received += len(base64.b64decode(part["inlineData"]["data"])) // 48
            played = int((time.monotonic() - began) * 1000) if began else 0
            if content.get("interrupted"):
                received = self.drop_audio(received, played)
            if turn.get("interrupt") and played > 1000:
                turn = {}
                self.turns.pop(0)
                self.is_sent = True
                self.say(socket, self.turns[0])
            if content.get("turnComplete") and (received or self.seen["text"] or not called):
                self.seen["audio_ms"] += received
                return


def main(kind: type[Client] = Client) -> None:
    print(json.dumps(kind(json.loads(os.environ["MOCKGEM_TASK"])).run()))


if __name__ == "__main__":
    main()
