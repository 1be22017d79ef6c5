import Testing
import Transport
import Wire

extension ServerTests {
  /// What a connection does wrong when it is told to, in plaintext and through TLS.
  @Suite("Faults") struct FaultTests: Serving {
    let journal = Journal()

    /// The next message; pings and pongs do not count.
    private func text(_ client: any Peer) -> String? {
      while let frame = client.receiveFrame() {
        if frame.opcode < 9 { return String(decoding: frame.payload, as: UTF8.self) }
      }
      return nil
    }

    private func command(_ orders: String) -> [UInt8] {
      RawClient.frame(Array("do \(orders)".utf8))
    }

    // MARK: - Admission

    private func admitting(_ admission: Admission, _ body: (Server) throws -> Void) throws {
      // The first connection only.
      try secured({ $0.admit = { $0 == 1 ? admission : .serve } }) { server in
        try body(server)
        let client = try webSocket(server, "/do?run=send served", isSecure: true)
        #expect(text(client) == "served")
      }
    }

    @Test(arguments: [(Admission.reset, End.reset), (.close, .finished), (.ignore, .open)])
    func `a connection is refused when it is accepted`(admission: Admission, end: End) throws {
      try admitting(admission) { server in
        let client = try RawClient(port: server.port, patience: admission == .ignore ? 1 : 5)
        if admission == .ignore { client.send(RawClient.handshake()) }
        #expect(client.receive(1).isEmpty)
        #expect(client.end == end)
      }
    }

    @Test(arguments: [
      (Admission.HandshakeAbort.alert(40), End.alert(40)), (.close, .truncated), (.reset, .reset),
    ])
    func `a TLS handshake is aborted`(abort: Admission.HandshakeAbort, end: End) throws {
      try admitting(.abortHandshake(abort)) { server in
        #expect {
          _ = try TLSClient(port: server.port)
        } throws: {
          ($0 as? TLSClient.Refused)?.end == end
        }
      }
    }

    @Test func `plaintext is served where a TLS handshake would be aborted`() throws {
      try admitting(.abortHandshake(.close)) { server in
        let client = try webSocket(server, "/do?run=send served", isSecure: false)
        #expect(text(client) == "served")
      }
    }

    // MARK: - Raw bytes

    @Test(arguments: [false, true])
    func `raw bytes come between messages, in order`(isSecure: Bool) throws {
      try secured { server in
        let client = try webSocket(
          server, "/do?run=send 1x100000;raw 8103616263;send two;raw 83", isSecure: isSecure)
        #expect(client.receiveFrame()?.payload.count == 100_000)
        #expect(text(client) == "abc")
        #expect(text(client) == "two")
        #expect(client.receive(10) == [0x83])
      }
    }

    @Test(arguments: [false, true])
    func `raw bytes are an answer`(isSecure: Bool) throws {
      try secured { server in
        let client = try exchange(
          server, "raw 'HTTP/1.1 200 OK|Content-Length: 10||short;end", isSecure: isSecure)
        #expect(client.receiveText() == "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")
        #expect(client.end == (isSecure ? .truncated : .finished))
      }
    }

    @Test(arguments: [false, true])
    func `raw bytes break a body`(isSecure: Bool) throws {
      try secured { server in
        let client = try exchange(
          server, "begin;stream hello;raw 'zz|;stream more;reset", isSecure: isSecure)
        #expect(client.receiveHead().hasPrefix("HTTP/1.1 200 OK"))
        #expect(client.receiveText() == "5\r\nhello\r\nzz\r\n4\r\nmore\r\n")
        #expect(client.end == .reset)
      }
    }

    @Test(arguments: [false, true])
    func `raw bytes answer a handshake`(isSecure: Bool) throws {
      try secured { server in
        let client = try peer(server, isSecure: isSecure)
        client.send(RawClient.handshake("/early?run=raw+'HTTP/1.1+302+Found|;wait+5;raw+'|;end"))
        #expect(client.receiveText() == "HTTP/1.1 302 Found\r\n\r\n")
        #expect(client.end == (isSecure ? .truncated : .finished))
        #expect(journal.waits(for: "[1] closed nil "))
      }
    }

    // MARK: - Ends

    @Test(arguments: [false, true], ["end", "end notify"])
    func `an end has no close frame, and a close_notify or none`(isSecure: Bool, end: String)
      throws
    {
      try secured { server in
        let client = try webSocket(server, "/do?run=send 1x100000;\(end)", isSecure: isSecure)
        #expect(client.receiveFrame()?.payload.count == 100_000)
        #expect(client.receive(1).isEmpty)
        #expect(client.end == (isSecure && end == "end" ? .truncated : .finished))
        #expect(journal.waits(for: "[1] closed nil "))
      }
    }

    @Test(arguments: [false, true], ["end", "end notify"])
    func `a body ends without its last chunk`(isSecure: Bool, end: String) throws {
      try secured { server in
        let client = try exchange(server, "begin;stream hello;\(end)", isSecure: isSecure)
        #expect(client.receiveHead().hasPrefix("HTTP/1.1 200 OK"))
        #expect(client.receiveText() == "5\r\nhello\r\n")
        #expect(client.end == (isSecure && end == "end" ? .truncated : .finished))
        #expect(journal.waits(for: "[1] closed nil "))
      }
    }

    @Test(arguments: [false, true])
    func `what is one payload is one chunk, and two payloads are two`(isSecure: Bool) throws {
      try secured { server in
        let client = try exchange(
          server, "begin;pieces 3x4;stream 2x1;pieces 2x20000;end", isSecure: isSecure)
        _ = client.receiveHead()
        let text = client.receiveText()
        #expect(text.hasPrefix("C\r\naaaaaaaaaaaa\r\n1\r\na\r\n1\r\na\r\n"))
        #expect(text.count { $0 == "a" } == 12 + 2 + 40_000)
      }
    }

    @Test(arguments: [false, true])
    func `an end behind a whole answer leaves it whole`(isSecure: Bool) throws {
      try secured { server in
        let client = try exchange(server, "respond hello;end", isSecure: isSecure)
        #expect(client.receiveText().hasSuffix("\r\n\r\nhello"))
        #expect(client.end == (isSecure ? .truncated : .finished))
      }
    }

    @Test(arguments: [false, true])
    func `a server that has ended its side still listens`(isSecure: Bool) throws {
      try secured { server in
        let client = try webSocket(server, "/do?run=send last;half", isSecure: isSecure)
        #expect(text(client) == "last")
        #expect(client.receive(1).isEmpty)
        #expect(client.end == .finished)
        client.send(command("log heard"))
        #expect(journal.waits(for: "[1] heard"))
      }
    }

    @Test(arguments: [false, true])
    func `a reset waits for a slow reader to have everything`(isSecure: Bool) throws {
      try secured { server in
        let client = try webSocket(server, "/do?run=send 10x100000;reset", isSecure: isSecure)
        for _ in 0..<10 { #expect(client.receiveFrame()?.payload.count == 100_000) }
        #expect(client.receive(1).isEmpty)
        #expect(client.end == .reset)
      }
    }

    // MARK: - Shapes

    @Test(arguments: [false, true])
    func `a stalled connection is silent, hears, and comes back`(isSecure: Bool) throws {
      try secured {
        $0.pingSeconds = 1
        $0.hangUpSeconds = 2
      } _: { server in
        let client = try webSocket(
          server, "/do?run=send a;shape rate=0;send b;wait 3000;shape;send c", isSecure: isSecure)
        #expect(text(client) == "a")
        let time = ContinuousClock().measure {
          // Neither the pong nor the echo comes before the stall is over.
          client.send(RawClient.frame([1], opcode: 9) + RawClient.frame(Array("echo".utf8)))
          client.send(command("log heard"))
          #expect(journal.waits(for: "[1] heard"))
          #expect(text(client) == "b")
        }
        #expect(time > .milliseconds(2500))
        var rest: [String?] = []
        while !rest.contains("c") || !rest.contains("echo"), rest.count < 10 {
          rest.append(text(client))
        }
        #expect(rest.contains("c") && rest.contains("echo"))
      }
    }

    @Test(arguments: [false, true])
    func `a client that leaves a stalled connection is noticed`(isSecure: Bool) throws {
      try secured { server in
        do {
          let client = try webSocket(server, "/do?run=send a;shape rate=0", isSecure: isSecure)
          #expect(text(client) == "a")
        }
        #expect(journal.waits(for: "[1] closed nil "))
      }
    }

    @Test(arguments: [false, true])
    func `a body stalls and comes back, or its client leaves`(isSecure: Bool) throws {
      try secured { server in
        let client = try exchange(
          server, "begin;stream a;shape rate=0;stream b;wait 200;shape;stream c;finish",
          isSecure: isSecure)
        #expect(client.receiveHead().hasPrefix("HTTP/1.1 200 OK"))
        #expect(client.receive(exactly: 6) == Array("1\r\na\r\n".utf8))
        let time = ContinuousClock().measure {
          let rest = String(decoding: client.receive(exactly: 17), as: UTF8.self)
          #expect(rest == "1\r\nb\r\n1\r\nc\r\n0\r\n\r\n")
        }
        #expect(time > .milliseconds(150))
        do {
          let leaving = try exchange(server, "begin;shape rate=0;stream a", isSecure: isSecure)
          #expect(leaving.receiveHead().hasPrefix("HTTP/1.1 200 OK"))
        }
        #expect(journal.waits(for: "[2] closed nil "))
      }
    }

    @Test(arguments: [false, true])
    func `a throttled connection takes its time, and loses nothing`(isSecure: Bool) throws {
      try secured { server in
        let client = try webSocket(
          server, "/do?run=shape rate=200000;send 10x10000;close 4000", isSecure: isSecure)
        let time = ContinuousClock().measure {
          for _ in 0..<10 { #expect(client.receiveFrame()?.payload.count == 10_000) }
        }
        #expect(time > .milliseconds(400))
        #expect(client.receiveFrame()?.payload == [0x0F, 0xA0])
      }
    }

    @Test(arguments: [false, true])
    func `bytes drip`(isSecure: Bool) throws {
      try secured { server in
        for isWebSocket in [false, true] {
          let client =
            isWebSocket
            ? try webSocket(
              server, "/do?run=shape rate=100,piece=1;send 1x50;shape;close", isSecure: isSecure)
            : try exchange(
              server, "begin;shape rate=100,piece=1;stream 1x50;shape;end notify",
              isSecure: isSecure)
          if !isWebSocket { _ = client.receiveHead() }
          var pieces = 0
          var bytes: [UInt8] = []
          while true {
            let more = client.receive(1000)
            if more.isEmpty { break }
            pieces += 1
            bytes += more
            if bytes.suffix(2) == [0x88, 0] { break }
          }
          #expect(bytes.filter { $0 == 97 }.count == 50)
          #expect(pieces > 10)
        }
      }
    }

    @Test(arguments: [false, true])
    func `an answer to a handshake is shaped too`(isSecure: Bool) throws {
      try secured { server in
        let client = try peer(server, isSecure: isSecure)
        client.send(
          RawClient.handshake("/early?run=shape+rate=0;upgrade;send+a;wait+200;shape;send+b"))
        let time = ContinuousClock().measure {
          #expect(client.receiveHead().hasPrefix("HTTP/1.1 101"))
        }
        #expect(time > .milliseconds(150))
        #expect(text(client) == "a")
        #expect(text(client) == "b")
      }
    }

    @Test(arguments: [false, true])
    func `pongs are withheld, late, or sent`(isSecure: Bool) throws {
      try secured { server in
        let client = try webSocket(
          server, "/do?run=shape pongs;send ready", isSecure: isSecure)
        #expect(text(client) == "ready")
        let ping = RawClient.frame([7], opcode: 9)
        client.send(ping + command("send 1x70000"))
        #expect(client.receiveFrame()?.payload.count == 70_000)
        client.send(command("shape pongs=200;send late"))
        #expect(text(client) == "late")
        client.send(ping + command("send first"))
        #expect(text(client) == "first")
        #expect(client.receiveFrame()?.opcode == 10)
        client.send(command("shape;send normal"))
        #expect(text(client) == "normal")
        client.send(ping)
        #expect(client.receiveFrame()?.opcode == 10)
      }
    }

    @Test(arguments: [false, true])
    func `a deaf connection hears later`(isSecure: Bool) throws {
      try secured { server in
        let client = try webSocket(
          server, "/do?run=shape deaf;send ready;wait 200;shape", isSecure: isSecure)
        #expect(text(client) == "ready")
        let time = ContinuousClock().measure {
          client.send(RawClient.frame(Array("echo".utf8)))
          #expect(text(client) == "echo")
        }
        #expect(time > .milliseconds(150))
      }
    }
  }
}
