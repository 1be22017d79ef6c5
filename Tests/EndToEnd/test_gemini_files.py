"""Files of the Gemini API, as google-genai, curl and plain sockets send them."""

import base64
import hashlib
import io
import json
import socket
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from gemini_play import MODEL, Mock, play  # noqa: F401
from google.genai import errors, types

UPLOAD = r"""
set -euo pipefail
num_bytes=$(wc -c < "$FILE")
curl --silent "$BASE_URL/upload/v1beta/files?key=k" -D headers.txt \
  -H "X-Goog-Upload-Protocol: resumable" -H "X-Goog-Upload-Command: start" \
  -H "X-Goog-Upload-Header-Content-Length: $num_bytes" \
  -H "X-Goog-Upload-Header-Content-Type: audio/mp3" \
  -H "Content-Type: application/json" -d "{'file': {'display_name': 'AUDIO',},}"
upload_url=$(grep -i "x-goog-upload-url: " headers.txt | cut -d" " -f2 | tr -d "\r")
curl --silent "$upload_url" -H "X-Goog-Upload-Offset: 0" $MORE \
  -H "X-Goog-Upload-Command: upload, finalize" --data-binary "@$FILE" > file_info.json
file_uri=$(grep '"uri"' file_info.json | cut -d'"' -f4)
curl --silent "$BASE_URL/v1beta/models/gemini-2.0-flash:generateContent?key=k" \
  -H 'Content-Type: application/json' -X POST -d '{
    "contents": [{"parts":[{"text": "Describe this"},
      {"file_data":{"mime_type": "audio/mp3", "file_uri": "'"$file_uri"'"}}]}]}' > response.json
grep '"text"' response.json
"""


def upload(mock: Mock, folder: Path, contents: bytes, *more: str) -> dict:
    """What the API's shell examples do; the file as the service tells of it."""
    (folder / "sound.mp3").write_bytes(contents)
    outcome = subprocess.run(
        ["bash", "-c", UPLOAD], cwd=folder, capture_output=True, text=True, timeout=60,
        env={"BASE_URL": mock.server.http, "FILE": "sound.mp3", "MORE": " ".join(more),
             "PATH": "/usr/bin:/bin"})
    assert outcome.stdout.strip().startswith('"text": "Hello there'), outcome.stderr
    return json.loads((folder / "file_info.json").read_text())["file"]


@pytest.mark.parametrize("size", [1, 677, 3 << 20])
def test_shell_examples_upload(play: Callable[..., Mock], tmp_path: Path, size: int) -> None:
    """Above 1 MiB curl asks with `Expect: 100-continue` whether it may go on."""
    contents = bytes(range(256)) * (size // 256) + bytes(range(size % 256))
    mock = play()
    file = upload(mock, tmp_path, contents)
    assert (file["sizeBytes"], file["displayName"]) == (str(size), "AUDIO")
    digest = base64.b64decode(file["sha256Hash"]).decode()
    assert digest == hashlib.sha256(contents).hexdigest()
    [entry] = mock.json("GET", "/mockgem/journal?header=x-goog-upload-offset")["requests"]
    names = {name.lower() for name, _ in entry["headers"]}
    assert ("expect" in names) == (size > 1 << 20)


def test_the_server_says_go_on(play: Callable[..., Mock]) -> None:
    mock = play()
    with socket.create_connection(("127.0.0.1", mock.server.port), timeout=10) as client:
        client.sendall(
            b"POST /upload/v1beta/files?key=k HTTP/1.1\r\nHost: x:1\r\nContent-Length: 3\r\n"
            b"X-Goog-Upload-Protocol: raw\r\nContent-Type: text/plain\r\n"
            b"Expect: 100-continue\r\n\r\n")
        assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        answer = b""
        while b"\n}\n" not in answer:
            answer += client.recv(4096)
    assert b'"uri": "http://x:1/v1beta/files/' in answer


def test_chunks_query_and_cancel(play: Callable[..., Mock]) -> None:
    mock = play()

    def begin(size: int) -> str:
        headers = mock.request(
            "POST", "/upload/v1beta/files", '{"file": {"mimeType": "text/plain"}}',
            X_Goog_Upload_Protocol="resumable", X_Goog_Upload_Command="start",
            X_Goog_Upload_Header_Content_Length=str(size))[1]
        assert headers["X-Goog-Upload-Status"] == "active"
        assert headers["X-Goog-Upload-Chunk-Granularity"] == str(8 << 20)
        return headers["X-Goog-Upload-URL"]

    def send(address: str, command: str, body: bytes = b"", at: int = 0) -> tuple[int, dict, bytes]:
        assert address.startswith(mock.server.http)
        return mock.request(
            "POST", address.removeprefix(mock.server.http), body, X_Goog_Upload_Command=command,
            X_Goog_Upload_Offset=str(at), x_goog_api_key="")

    address = begin(6)
    assert send(address, "upload", b"abc")[1]["X-Goog-Upload-Status"] == "active"
    assert send(address, "query")[1]["X-Goog-Upload-Size-Received"] == "3"
    # A chunk that was lost on the way comes again; one that was not is refused.
    assert send(address, "upload", b"abc")[0] == 400
    status, headers, body = send(address, "upload, finalize", b"def", at=3)
    assert (status, headers["X-Goog-Upload-Status"]) == (200, "final")
    assert base64.b64decode(json.loads(body)["file"]["sha256Hash"]).decode() == (
        hashlib.sha256(b"abcdef").hexdigest())
    assert send(address, "query")[1]["X-Goog-Upload-Status"] == "final"
    other = begin(3)
    assert send(other, "cancel")[1]["X-Goog-Upload-Status"] == "cancelled"
    assert send(other, "upload, finalize", b"abc")[0] == 400
    assert len(mock.json("GET", "/v1beta/files")["files"]) == 1


def test_a_file_and_its_metadata_in_one_body(play: Callable[..., Mock]) -> None:
    mock = play()
    body = (b'--x\r\nContent-Type: application/json\r\n\r\n{"file": {"displayName": "both"}}\r\n'
            b"--x\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x00\r\n--x--\r\n")
    answer = mock.request(
        "POST", "/upload/v1beta/files", body, X_Goog_Upload_Protocol="multipart",
        Content_Type="multipart/related; boundary=x")[2]
    file = json.loads(answer)["file"]
    assert (file["displayName"], file["mimeType"], file["sizeBytes"]) == ("both", "image/png", "7")


def test_what_was_uploaded_is_not_handed_back(play: Callable[..., Mock]) -> None:
    files = play().client.files
    file = files.upload(file=io.BytesIO(b"abc"), config={"mime_type": "text/plain"})
    assert file.source == types.FileSource.UPLOADED and file.download_uri is None
    with pytest.raises((errors.ClientError, ValueError)):
        files.download(file=file)
    with pytest.raises(errors.ClientError) as caught:
        files.download(file=file.name)
    assert caught.value.code == 400


def test_a_file_that_fails(play: Callable[..., Mock]) -> None:
    mock = play(head="gemini-rest: {file_processing: 0s, file_outcome: FAILED}")
    file = mock.client.files.upload(
        file=io.BytesIO(b"abc"), config={"mime_type": "video/mp4", "name": "mine"})
    assert (file.name, file.state) == ("files/mine", types.FileState.FAILED)
    assert file.error.message
    with pytest.raises(errors.ClientError) as caught:
        mock.client.models.generate_content(model=MODEL, contents=["See", file])
    assert (caught.value.code, caught.value.status) == (400, "FAILED_PRECONDITION")
    with pytest.raises(errors.ClientError) as caught:
        mock.client.files.upload(
            file=io.BytesIO(b"abc"), config={"mime_type": "video/mp4", "name": "mine"})
    assert caught.value.code == 409


def test_files_come_in_pages(play: Callable[..., Mock]) -> None:
    client = play().client
    names = [client.files.upload(
        file=io.BytesIO(bytes([number])), config={"mime_type": "text/plain"}).name
        for number in range(5)]
    assert sorted(file.name for file in client.files.list(config={"page_size": 2})) == sorted(names)


def test_memory_stays_flat(play: Callable[..., Mock]) -> None:
    """What was uploaded is counted and digested; only the journal keeps a little of it."""
    mock = play()
    chunk = bytes(8 << 20)

    def resident() -> int:
        status = Path(f"/proc/{mock.server.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) << 10

    def send(count: int) -> None:
        headers = mock.request(
            "POST", "/upload/v1beta/files", "{}", X_Goog_Upload_Protocol="resumable",
            X_Goog_Upload_Command="start",
            X_Goog_Upload_Header_Content_Length=str(count * len(chunk)))[1]
        for number in range(count):
            command = "upload, finalize" if number + 1 == count else "upload"
            request = urllib.request.Request(
                headers["X-Goog-Upload-URL"], data=chunk, method="POST",
                headers={"X-Goog-Upload-Command": command,
                         "X-Goog-Upload-Offset": str(number * len(chunk))})
            with urllib.request.urlopen(request) as reply:
                assert reply.status == 200

    send(4)
    before = resident()
    send(16)
    assert resident() - before < 4 * len(chunk)
