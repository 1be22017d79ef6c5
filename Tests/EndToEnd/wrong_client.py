"""A client of Gemini Live with one planted bug, which `WRONG` names."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scenarios/conformance/drivers"))

from websocket_live import Client, main  # noqa: E402

BUG = os.environ["WRONG"]


class WrongClient(Client):
    def pass_over(self, message: dict) -> None:
        if BUG == "dies-of-the-unknown":
            raise KeyError(next(iter(message)))

    def drop_audio(self, received: int, played: int) -> int:
        return received if BUG == "plays-on" else super().drop_audio(received, played)

    def answer(self, socket, call: dict) -> None:
        super().answer(socket, call)
        if BUG == "answers-twice":
            super().answer(socket, call)
            self.seen["calls"].pop()  # it was run once

    def heed_going_away(self) -> None:
        if BUG != "ignores-go-away":
            super().heed_going_away()

    def resumes(self) -> bool:
        return BUG != "never-resumes" and super().resumes()

    def setup(self) -> dict:
        if BUG == "never-resumes":
            self.handle = None
        return super().setup()


main(WrongClient)
