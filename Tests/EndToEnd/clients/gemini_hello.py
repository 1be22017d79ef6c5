"""Two turns in text with google-genai, which finds the server in its environment."""

import asyncio

from google import genai


async def main() -> None:
    client = genai.Client()
    config = {"response_modalities": ["AUDIO"], "output_audio_transcription": {}}
    async with client.aio.live.connect(model="gemini-3.8-live", config=config) as session:
        for text in ("Hello?", "Thank you."):
            await session.send_client_content(
                turns={"role": "user", "parts": [{"text": text}]}, turn_complete=True)
            async for message in session.receive():
                content = message.server_content
                if content and content.output_transcription:
                    print(content.output_transcription.text, end="", flush=True)
            print()


asyncio.run(main())
