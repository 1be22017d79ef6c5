"""What goes wrong before a request is read: refused when accepted, broken or untrusted in TLS."""

import socket
import ssl
import subprocess
from collections.abc import Callable

import httpx2
import pytest
from conftest import BINARY, Server
from fault_watch import REALTIME, context_of
from websockets.sync.client import connect


# What `websockets` says depends on how far it had come with its request.
GONE = {"ConnectionResetError", "InvalidMessage", "ConnectionClosedError"}


def tls_to(server: Server, context: ssl.SSLContext, name: str = "localhost") -> str:
    """What a TLS client makes of it, and why."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as raw:
        try:
            with context.wrap_socket(raw, server_hostname=name) as wire:
                return wire.version()
        except ssl.SSLCertVerificationError as problem:
            return f"refused: {problem.verify_message}"
        except ssl.SSLError as problem:
            return f"{type(problem).__name__}: {problem.reason}"
        except OSError as problem:
            return type(problem).__name__


@pytest.mark.parametrize("fate, bare, http, web_socket", [
    # Whoever writes first meets the reset there, and then finds nothing to read.
    ("reset", "ConnectionResetError", (httpx2.NetworkError, httpx2.RemoteProtocolError), GONE),
    # What the client had sent by then is answered with a reset, behind the end.
    ("close", "end", httpx2.TransportError, GONE),
    ("ignore", "TimeoutError", httpx2.ReadTimeout, {"TimeoutError"}),
])
def test_connections_are_refused_when_they_are_accepted(
    serve: Callable[..., Server], fate: str, bare: str, http: type[Exception] | tuple[type[Exception], ...],
    web_socket: set[str],
) -> None:
    server = serve("hello.yaml", "--accept", f"{fate} 1-3")
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=0.5) as raw:
            seen = "data" if raw.recv(1) else "end"
    except OSError as problem:
        seen = type(problem).__name__
    assert seen == bare
    with pytest.raises(http):
        httpx2.get(server.http, timeout=0.5)
    url = f"ws://127.0.0.1:{server.port}{REALTIME}"
    headers = {"Authorization": "Bearer k"}
    with pytest.raises(Exception) as caught:
        connect(url, additional_headers=headers, open_timeout=0.5)
    assert type(caught.value).__name__ in web_socket
    with connect(url, additional_headers=headers) as socket_four:
        assert "session.created" in socket_four.recv(timeout=5)


@pytest.mark.parametrize("fate, seen", [
    ("alert", "SSLError: SSLV3_ALERT_HANDSHAKE_FAILURE"),
    ("tls_close", "SSLEOFError: UNEXPECTED_EOF_WHILE_READING"),
    ("tls_reset", "ConnectionResetError"),
])
def test_tls_handshakes_are_aborted(
    serve: Callable[..., Server], fate: str, seen: str
) -> None:
    server = serve("hello.yaml", "--accept", f"{fate} 1")
    context = context_of(server, True)
    assert tls_to(server, context) == seen
    assert tls_to(server, context) == "TLSv1.3"


@pytest.mark.parametrize("flaw, reason", [
    ("expired", "certificate has expired"),
    ("wrong_host", "Hostname mismatch, certificate is not valid for 'localhost'."),
    ("unknown_ca", "self-signed certificate in certificate chain"),
])
def test_certificates_are_refused_for_one_reason(
    serve: Callable[..., Server], flaw: str, reason: str
) -> None:
    server = serve("hello.yaml", "--tls", flaw)
    own = server.authority.parent / f"tls-{flaw}" / "ca.pem"
    context = context_of(server, True)
    if flaw != "unknown_ca":
        context = ssl.create_default_context(cafile=str(own))
    assert tls_to(server, context) == f"refused: {reason}"
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(server.https, verify=context)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    assert httpx2.get(server.https, verify=context).status_code == 200


@pytest.mark.parametrize("word", ["reset x", "vanish", "reset 1 2"])
def test_a_fate_that_does_not_exist_is_refused(word: str) -> None:
    result = subprocess.run(
        [BINARY, "serve", "--accept", word], capture_output=True, text=True, timeout=10)
    assert result.returncode == 64
    assert f"--accept '{word}' says nothing" in result.stderr
