import JSON
import Playback
import Testing
import VirtualTime
import Wire

@Suite("Routes") struct RouteTests {
  @Test func `a route answers by method, path and body, in sequence`() throws {
    var house = try House(
      """
      routes:
      - path: /things/{id}
        method: POST
        body: {kind: {one_of: [a, b]}}
        count_by: ${path.id}
        respond:
        - {status: 201, json: {id: "${path.id}", kind: "${body.kind}", call: "${call}"}}
        - 409
      - path: /files/*
        respond: {text: "of ${query.user}", headers: {X-Kind: file}}
      """)
    house.post(["kind": "a"], to: "/things/7")
    house.post(["kind": "a"], to: "/things/7")
    house.post(["kind": "b"], to: "/things/8")
    house.post(["kind": "c"], to: "/things/9")
    house.post(.null, to: "/files/a/b?user=Ada", method: "GET")
    #expect(house.responses.map(\.status) == [201, 409, 201, 404, 200])
    #expect(
      String(decoding: house.responses[0].body, as: UTF8.self)
        == #"{"id":"7","kind":"a","call":1}"#)
    #expect(String(decoding: house.responses[4].body, as: UTF8.self) == "of Ada")
    #expect(house.responses[4].headers.contains(Header("X-Kind", "file")))
  }

  @Test func `an answer takes its time, and a cycle begins again`() throws {
    var house = try House(
      """
      routes:
      - path: /poll
        cycle: true
        respond: [{status: 202, after: 2s}, {status: 200}]
      """)
    for number in [1, 2, 3] as [UInt64] {
      house.post(.null, to: "/poll", as: number, method: "GET")
    }
    #expect(house.responses.map(\.status) == [202, 200, 202])
    #expect(house.now.nanoseconds == 4_000_000_000)
  }

  /// The texts of the answers to GET requests, one after the other.
  static func texts(_ routes: String, _ paths: [String]) throws -> [String] {
    var house = try House("routes:\n\(routes)")
    for (index, path) in paths.enumerated() {
      house.post(.null, to: path, as: UInt64(index + 1), method: "GET")
    }
    return house.responses.map { String(decoding: $0.body, as: UTF8.self) }
  }

  @Test func `fixed words go before captures, and those before the rest`() throws {
    let routes = """
      - {path: "/a/*", respond: {text: rest}}
      - {path: "/a/{x}", respond: {text: "capture ${path.x}"}}
      - {path: "/a/{x}.json", respond: {text: "json ${path.x}"}}
      - {path: "/a/{z}", query: {q: {any: true}}, respond: {text: never}}
      - {path: "/a/b", respond: {text: fixed}}
      - {path: "/{y}/b", respond: {text: "vague ${path.y}"}}
      """
    #expect(
      try Self.texts(
        routes, ["/a/b", "/a/c", "/a/c.json", "/a/.json", "/a/c/d", "/z/b", "/a/c?q=1", "/a"])
        == [
          "fixed", "capture c", "json c", "capture .json", "rest", "vague z", "capture c", "rest",
        ])
  }

  @Test func `a route that does not fit leaves its path to a vaguer one`() throws {
    let routes = """
      - {path: /a/b, query: {q: "1"}, respond: {text: fixed}}
      - {path: "/a/{x}", respond: {text: capture}}
      """
    #expect(try Self.texts(routes, ["/a/b?q=1", "/a/b?q=2"]) == ["fixed", "capture"])
  }

  @Test(arguments: [
    ("/plain", true), ("/{x}", false), ("/*", false),
  ])
  func `beside a protocol a path must be named`(path: String, isRoute: Bool) throws {
    var house = try House(
      "steps: [{await: user}, {say: Hi.}]\nroutes: [{path: '\(path)', respond: {status: 207}}]")
    house.post(["turn": "x"])
    #expect((house.responses.first?.status == 207) == isRoute)
    // Where no protocol is, any path will do.
    house.post(.null, to: path == "/plain" ? "/plain" : "/other", as: 2)
    #expect(house.responses.last?.status == 207)
  }

  @Test func `each value of state_by has a memory, which every route sees`() throws {
    let routes = """
      - path: /say/{id}/{word}
        state_by: ${path.id}
        set: {before: "${state.last}", last: "${path.word}"}
        append: {words: "${path.word}"}
        respond: {text: "${call}: ${state.before}, ${state.last} of ${state.words | count}"}
      - {path: "/forget/{id}", state_by: "${path.id}", forget: true, respond: {text: "bye"}}
      - path: /see/{id}
        state_by: ${path.id}
        state: {words: {contains: b}}
        respond: {json: "${state}"}
      - {path: "/see/{id}", respond: {text: nothing}}
      """
    #expect(
      try Self.texts(
        routes,
        [
          "/say/1/a", "/say/2/x", "/see/1", "/say/1/b", "/see/1", "/see/2", "/forget/1", "/see/1",
          "/say/1/c",
        ]) == [
          "1: , a of 1", "1: , x of 1", "nothing", "2: a, b of 2",
          #"{"before":"a","last":"b","words":["a","b"]}"#, "nothing", "bye", "nothing",
          "1: , c of 1",
        ])
  }

  @Test func `a list keeps its last thousand`() throws {
    let routes = """
      - {path: "/add/{n}", append: {all: "${path.n}"}, respond: {text: "${state.all.0}"}}
      """
    #expect(try Self.texts(routes, (1...1001).map { "/add/\($0)" }).last == "2")
  }

  @Test func `bytes are told apart by size, beginning and digest`() throws {
    var house = try House(
      """
      routes:
      - {path: /b, bytes: {size: {at_most: 2}}, respond: {text: "${bytes.size}"}}
      - {path: /b, bytes: {head: ff00ff}, respond: {text: "${bytes.head} ${body}"}}
      - path: /b
        bytes: {sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}
        respond: {text: "${body}"}
      - {path: /b, respond: {text: "${bytes.sha256}"}}
      """)
    for body in [[1, 2], [0xFF, 0, 0xFF], Array("abc".utf8), [0xFF, 0, 0]] as [[UInt8]] {
      house.take(.opened(Request(method: "POST", target: "/b", body: body)))
    }
    #expect(
      house.responses.map { String(decoding: $0.body, as: UTF8.self) } == [
        "2", "ff00ff ", "abc",
        "7fa54a42524916a1648ec76ce75d295024840b7a3a4f4bbaf3e43155d0014767",
      ])
  }

  @Test func `events come one by one, each at its time`() throws {
    var house = try House(
      """
      routes:
      - path: /events
        respond:
          after: 1s
          events:
          - {data: {n: 1}, event: add, id: "a\\nb"}
          - {data: "two\\nlines", after: 500ms}
          - {data: "[DONE]"}
      """)
    house.take(.opened(Request(target: "/events")))
    #expect(house.commands.contains { if case .begin = $0 { true } else { false } } == false)
    house.run(for: .seconds(1))
    let head = Response(status: 200, headers: [Header("Content-Type", "text/event-stream")])
    #expect(house.commands.contains(.begin(head)))
    #expect(Self.streamed(house) == ["event: add\nid: a b\ndata: {\"n\":1}\n\n"])
    house.run()
    #expect(house.now == .start + .milliseconds(1500))
    #expect(
      Self.streamed(house).dropFirst() == ["data: two\ndata: lines\n\n", "data: [DONE]\n\n"])
    #expect(house.commands.last == .finish)
    #expect(house.stage.deadline(of: ConnectionID(number: 1)) == nil)
  }

  @Test func `a client that leaves gets no more events`() throws {
    var house = try House(
      "routes: [{path: /e, respond: {events: [{data: a}, {data: b, after: 1s}]}}]")
    house.take(.opened(Request(target: "/e")))
    house.take(.closed(nil, ""))
    #expect(house.stage.deadline(of: ConnectionID(number: 1)) == nil)
  }

  @Test func `bytes go out as base64 says, or the answer is an error`() throws {
    var house = try House(
      """
      routes:
      - {path: "/x", respond: {base64: "${body.data}", headers: {content-type: image/png}}}
      """)
    house.post(["data": "_9j_"], to: "/x")
    house.post(["data": "!"], to: "/x", as: 101)
    #expect(house.responses.map(\.status) == [200, 500])
    #expect(house.responses[0].body == [0xFF, 0xD8, 0xFF])
    #expect(house.responses[0].headers == [Header("content-type", "image/png")])
  }

  private static func streamed(_ house: House) -> [String] {
    house.commands.compactMap { command in
      guard case .stream(let payload) = command else { return nil }
      return String(decoding: payload.bytes, as: UTF8.self)
    }
  }
}
