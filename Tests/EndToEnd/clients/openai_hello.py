"""Two turns in text with OpenAI's SDK, which finds the server in its environment."""

from openai import OpenAI

with OpenAI().realtime.connect(model="gpt-realtime") as connection:
    connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
    for text in ("Hello?", "Thank you."):
        connection.conversation.item.create(item={
            "type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})
        connection.response.create()
        for event in connection:
            if event.type == "response.output_text.done":
                print(event.text, flush=True)
            if event.type == "response.done":
                break
