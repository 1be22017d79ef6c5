"""So many turns of a conversation by `generateContent`, with google-genai."""

import sys

from google import genai

client = genai.Client()
chat = client.chats.create(model="gemini-3-flash")
for text in ("Hello?", "Thank you.")[:int(sys.argv[1])]:
    print(chat.send_message(text).text)
