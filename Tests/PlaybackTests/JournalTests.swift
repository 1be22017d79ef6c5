import JSON
import Playback
import Testing
import VirtualTime
import Wire

@Suite("The request journal") struct JournalTests {
  static let scenario = """
    name: Shop
    steps: [{await: user}, {say: Hello.}]
    routes:
    - {path: "/orders/{id}", respond: {json: {}}}
    - {path: /slow, respond: {status: 202, after: 5s}}
    """

  /// What the control API answers.
  static func ask(
    _ house: inout House, _ target: String, method: String = "GET", headers: [Header] = []
  ) throws -> (status: Int, body: JSONValue) {
    house.take(.opened(Request(method: method, target: target, headers: headers)), 900)
    house.run(900)
    let response = try #require(house.responses.last)
    return (response.status, try JSONValue(parsing: response.body))
  }

  static func numbers(_ house: inout House, _ query: String) throws -> [Int] {
    let (status, body) = try ask(&house, "/mockgem/journal?\(query)")
    #expect(status == 200)
    return (body["requests"]?.array ?? []).compactMap { $0["number"]?.integer }
  }

  @Test func `a request is kept with its headers in order, and without its secrets`() throws {
    var house = try House(Self.scenario)
    house.now = Instant(nanoseconds: 1_250_000_000)
    house.take(
      .opened(
        Request(
          method: "POST", target: "/orders/7?key=SECRET&x=1",
          headers: [
            Header("Host", "h:1"), Header("x-Goog-Api-Key", "SECRET"), Header("ACCEPT", "a"),
            Header("Accept", "b"), Header("Cookie", "s=1"),
          ], body: Array(#"{ "token":"auth_tokens/0123456789abcdef" , "a":1}"#.utf8))), 7)
    house.take(.closed(nil, ""), 7)
    let (_, body) = try Self.ask(&house, "/mockgem/journal")
    #expect(
      body["requests"]?.array == [
        [
          "number": 1, "at": 1.25, "kind": "http", "connection": 7, "scenario": "Shop",
          "protocol": "route", "method": "POST", "target": "/orders/7?key=<secret>&x=1",
          "headers": [
            ["Host", "h:1"], ["x-Goog-Api-Key", "<secret>"], ["ACCEPT", "a"], ["Accept", "b"],
            ["Cookie", "<secret>"],
          ],
          "body": ["size": 49, "text": #"{ "token":"<secret>" , "a":1}"#],
          "status": 200, "ended": 1.25, "verdicts": [],
        ]
      ])
    #expect(body["version"] == 1)
    #expect(body["count"] == 1)
  }

  @Test func `bytes that are no text come in base64, and long bodies by their beginning`() throws {
    var house = try House(Self.scenario)
    house.take(
      .opened(Request(method: "PUT", target: "/orders/1", body: [0xFF, 0xD8, 0x00])), 1)
    let long = [UInt8](repeating: 0x61, count: 1 << 20 + 1)
    house.take(.opened(Request(method: "PUT", target: "/orders/2", body: long)), 2)
    let (_, body) = try Self.ask(&house, "/mockgem/journal")
    let requests = try #require(body["requests"]?.array)
    #expect(requests[0]["body"] == ["size": 3, "base64": "/9gA"])
    #expect(requests[1]["body"]?["size"] == .int(long.count))
    #expect(requests[1]["body"]?["kept"] == .int(64 << 10))
    #expect(requests[1]["body"]?["text"]?.string?.utf8.count == 64 << 10)
  }

  @Test func `an answer in pieces has a status, and one that never comes has none`() throws {
    var house = try House(
      """
      steps: [{await: user}, {say: Hi.}]
      faults: [{reset: {}}]
      routes: [{path: /e, respond: {status: 201, events: [{data: a, after: 1s}]}}]
      """)
    house.take(.opened(Request(target: "/e")), 1)
    house.post(["turn": "x"], as: 2)
    let (_, body) = try Self.ask(&house, "/mockgem/journal")
    #expect(body["requests"]?.array?.map { $0["status"] } == [201, .null])
    #expect(body["requests"]?.array?.last?["verdicts"]?.array?.first?["kind"] == "fault")
  }

  @Test func `a body that is kept elsewhere is shown by what it holds`() throws {
    var house = try House(
      """
      routes:
      - path: /b
        bytes: {sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}
        respond: {text: "${bytes.size} ${bytes.head}"}
      """)
    var request = Request(method: "POST", target: "/b")
    request.blob = BlobReference(MemoryBlob(Array("abc".utf8)))
    house.take(.opened(request), 1)
    #expect(house.responses.map { String(decoding: $0.body, as: UTF8.self) } == ["3 616263"])
    request.blob = BlobReference(MemoryBlob([UInt8](repeating: 0x61, count: 2 << 20)))
    house.take(.opened(request), 2)
    let requests = try Self.ask(&house, "/mockgem/journal").body["requests"]?.array ?? []
    #expect(requests.first?["body"] == ["size": 3, "text": "abc"])
    #expect(requests.last?["body"]?["size"] == .int(2 << 20))
    #expect(requests.last?["body"]?["kept"] == .int(64 << 10))
  }

  @Test func `a WebSocket is there with its end and its verdicts`() throws {
    var house = try House(
      "steps: [{await: user, expect: {matches: hello}}, {say: Hi.}, {await: user}]")
    house.open("/plain?key=k")
    house.send(["turn": "goodbye"])
    house.run(for: .seconds(1))
    let (_, during) = try Self.ask(&house, "/mockgem/journal?kind=websocket&open=true")
    #expect(during["requests"]?.array?.first?["status"] == 101)
    #expect(during["requests"]?.array?.first?["close"] == nil)
    house.take(.closed(.normal, "bye"))
    let (_, after) = try Self.ask(&house, "/mockgem/journal?kind=websocket&open=false")
    let entry = try #require(after["requests"]?.array?.first)
    #expect(entry["protocol"] == "plain")
    #expect(entry["close"] == ["code": 1000, "reason": "bye"])
    let verdicts = try #require(entry["verdicts"]?.array)
    #expect(verdicts.compactMap { $0["kind"]?.string } == ["unmet", "unplayed"])
    #expect(verdicts[0]["file"] == "x.yaml")
    #expect(verdicts[0]["line"] == 2)
  }

  @Test func `a WebSocket that is cut off has no close`() throws {
    var house = try House("steps: [{await: user}]")
    house.open()
    house.take(.closed(nil, ""))
    let (_, body) = try Self.ask(&house, "/mockgem/journal")
    #expect(body["requests"]?.array?.first?["close"] == .null)
  }

  @Test(arguments: [
    ("", [1, 2, 3, 4]), ("method=get", [1, 4]), ("path=/orders/*", [1, 2]),
    ("path=/orders/{id}", [1, 2]), ("path=/orders/2", [2]), ("kind=websocket", [4]),
    ("kind=http", [1, 2, 3]), ("protocol=route", [1, 2]), ("protocol=plain", [4]),
    ("protocol=none", [3]), ("scenario=Shop", [1, 2, 3, 4]), ("scenario=Other", []),
    ("status=404", [3]), ("verdict=unexpected", [3]), ("verdict=late", []),
    ("header=x-own", [2]), ("header=X-Own: b", [2]), ("header=x-own:z", []),
    ("body=%22item%22", [2]), ("open=true", [4]), ("after=2", [3, 4]), ("after=1&limit=2", [2, 3]),
    ("method=POST&path=/orders/*", [2]), ("method=POST&path=/else", []),
  ])
  func `filters find what all of them fit`(query: String, numbers: [Int]) throws {
    var house = try House(Self.scenario)
    for (number, request) in [
      Request(target: "/orders/1"),
      Request(
        method: "POST", target: "/orders/2", headers: [Header("X-Own", "abc")],
        body: Array(#"{"item":1}"#.utf8)),
      Request(method: "DELETE", target: "/nothing"),
    ].enumerated() {
      house.take(.opened(request), UInt64(number + 1))
      house.take(.closed(nil, ""), UInt64(number + 1))
    }
    house.open(as: 4)
    #expect(try Self.numbers(&house, query) == numbers)
    let (_, body) = try Self.ask(&house, "/mockgem/journal/count?\(query)")
    if !query.contains("limit") { #expect(body == ["count": .int(numbers.count)]) }
  }

  @Test(arguments: [
    ("metod=GET", "the journal has no filter 'metod'; did you mean 'method'?"),
    ("status=ok", "'status' cannot be 'ok'; such as a whole number from 100 to 599"),
    ("kind=tcp", "'kind' cannot be 'tcp'; such as 'http' or 'websocket'"),
    ("path=/a/*/b", "'path' cannot be '/a/*/b'; such as '/v1beta/models/*'"),
    ("wait=soon", "'wait' cannot be 'soon'; such as a time of at most 10min, such as 500ms or 5s"),
    (
      "wait=11min", "'wait' cannot be '11min'; such as a time of at most 10min, such as 500ms or 5s"
    ),
    ("open=yes", "'open' cannot be 'yes'; such as 'true' or 'false'"),
    ("header=:", "'header' cannot be ':'; such as 'accept' or 'accept: text/event-stream'"),
  ])
  func `a filter that cannot be is refused`(query: String, message: String) throws {
    var house = try House(Self.scenario)
    let (status, body) = try Self.ask(&house, "/mockgem/journal?\(query)")
    #expect(status == 400)
    #expect(body["error"]?["message"]?.string == message)
  }

  @Test func `who waits is answered once enough has come`() throws {
    var house = try House(Self.scenario)
    house.take(.opened(Request(target: "/orders/1")), 1)
    house.take(.opened(Request(target: "/mockgem/journal?path=/orders/*&count=2&wait=5s")), 900)
    house.run(900, for: .seconds(2))
    #expect(house.responses.count == 1)
    house.take(.opened(Request(target: "/orders/2")), 2)
    house.run(900, for: .milliseconds(10))
    #expect(house.responses.count == 3)
    let body = try JSONValue(parsing: try #require(house.responses.last).body)
    #expect(body["requests"]?.array?.count == 2)
    #expect(house.stage.deadline(of: ConnectionID(number: 900)) == nil)
  }

  @Test func `who waits for what has come already is answered at once`() throws {
    var house = try House(Self.scenario)
    house.take(.opened(Request(target: "/orders/1")), 1)
    house.take(.opened(Request(target: "/mockgem/journal?wait=5s")), 900)
    #expect(house.responses.map(\.status) == [200, 200])
  }

  @Test func `who waits in vain is told what came`() throws {
    var house = try House(Self.scenario)
    house.take(.opened(Request(target: "/orders/1")), 1)
    house.take(.opened(Request(target: "/mockgem/journal?status=200&count=2&wait=5s")), 900)
    house.run(900)
    #expect(house.now == .start + .seconds(5))
    let response = try #require(house.responses.last)
    #expect(response.status == 408)
    let body = try JSONValue(parsing: response.body)
    #expect(body["error"]?["message"] == "2 were waited for, and 1 came")
    #expect(body["count"] == 1)
  }

  @Test func `an answer can be waited for, and a client that leaves waits no more`() throws {
    var house = try House(Self.scenario)
    house.take(.opened(Request(target: "/slow")), 1)
    house.take(.opened(Request(target: "/mockgem/journal?status=202&wait=1min")), 900)
    house.take(.opened(Request(target: "/mockgem/journal?status=500&wait=1min")), 901)
    house.take(.closed(nil, ""), 901)
    #expect(house.stage.deadline(of: ConnectionID(number: 901)) == nil)
    #expect(house.responses.isEmpty)
    house.run(1)
    house.run(900, for: .seconds(1))
    #expect(house.responses.map(\.status) == [202, 200])
  }

  @Test func `a key sees and forgets its own, and nobody sees control requests`() throws {
    var house = try House(Self.scenario)
    for (number, key) in ["a", "b", "a"].enumerated() {
      house.take(
        .opened(Request(target: "/orders/1", headers: [Header("key", key)])), UInt64(number + 1))
    }
    let own = [Header("key", "a")]
    #expect(try Self.ask(&house, "/mockgem/journal/count", headers: own).body["count"] == 2)
    #expect(try Self.ask(&house, "/mockgem/journal/count").body["count"] == 3)
    let forgotten = try Self.ask(&house, "/mockgem/journal", method: "DELETE", headers: own)
    #expect(forgotten.body == ["forgotten": 2])
    #expect(try Self.numbers(&house, "") == [2])
    _ = try Self.ask(&house, "/mockgem/reset", method: "POST")
    #expect(try Self.numbers(&house, "") == [])
    // Numbers are never used again.
    house.take(.opened(Request(target: "/orders/1")), 9)
    #expect(try Self.numbers(&house, "") == [4])
  }

  @Test func `connections that share nothing are told of by their key all the same`() throws {
    var house = try House(Self.scenario, isolation: .connection)
    house.take(.opened(Request(target: "/orders/1", headers: [Header("key", "a")])), 1)
    house.take(.opened(Request(target: "/orders/1", headers: [Header("key", "b")])), 2)
    let own = [Header("key", "a")]
    #expect(try Self.ask(&house, "/mockgem/journal/count", headers: own).body["count"] == 1)
  }

  @Test(arguments: [
    (#"{"k":"my-long-secret"}"#, #"{"k":"<secret>"}"#), (#"{"k":"short"}"#, #"{"k":"short"}"#),
    ("sk-0123456789abcdef", "<secret>"), ("task-0123456789abcdef", "task-0123456789abcdef"),
    ("sk-012", "sk-012"), ("x=AIzaSyA-0123456789&y", "x=<secret>&y"),
  ])
  func `a body shows no key that its head shows, and no token`(body: String, shown: String) throws {
    var house = try House(Self.scenario)
    house.take(
      .opened(
        Request(
          method: "POST", target: "/orders/1?key=short",
          headers: [Header("Authorization", "Bearer my-long-secret")], body: Array(body.utf8))))
    let (_, journal) = try Self.ask(&house, "/mockgem/journal")
    #expect(journal["requests"]?.array?.first?["body"]?["text"]?.string == shown)
  }

  @Test func `the oldest makes room`() throws {
    var house = try House(Self.scenario)
    let body = [UInt8](repeating: 0x61, count: 1 << 20)
    for number in 1...33 {
      house.take(
        .opened(Request(method: "PUT", target: "/orders/1", body: body)), UInt64(number))
      house.take(.closed(nil, ""), UInt64(number))
    }
    #expect(try Self.ask(&house, "/mockgem/journal/count").body["count"] == 31)
    #expect(try Self.numbers(&house, "limit=1") == [3])
    for number in 34...10_100 {
      house.take(.opened(Request(target: "/mockgem")), UInt64(number))
      house.take(.closed(nil, ""), UInt64(number))
    }
    #expect(try Self.ask(&house, "/mockgem/journal/count").body["count"] == 10_000)
    #expect(try Self.numbers(&house, "limit=1") == [101])
  }

  @Test(arguments: [("/mockgem/v1/journal", 200), ("/mockgem/v2/journal", 404)])
  func `the version may be asked for`(path: String, status: Int) throws {
    var house = try House(Self.scenario)
    #expect(try Self.ask(&house, path).status == status)
  }

  @Test func `the journal's file gets a line when a connection is over`() throws {
    var house = try House(Self.scenario) { $0.isJournalWritten = true }
    house.take(.opened(Request(target: "/orders/1")), 1)
    #expect(house.journal == [])
    house.take(.closed(nil, ""), 1)
    house.open(as: 2)
    #expect(house.journal == [1])
    house.commands += house.stage.conclusion(at: house.now)
    #expect(house.journal == [1, 2])
  }

  @Test(arguments: [
    ("GET", "/mockgem/journl", 404, "the control API has no 'journl'; did you mean 'journal'?"),
    ("PUT", "/mockgem/journal", 405, "PUT means nothing here; known: GET and DELETE"),
    ("GET", "/mockgem/journal/count?wait=1s", 400, "'wait' is of GET /mockgem/journal alone"),
    ("DELETE", "/mockgem/journal?count=2", 400, "'count' is of GET /mockgem/journal alone"),
  ])
  func `a mistake is told of`(method: String, path: String, code: Int, text: String) throws {
    var house = try House(Self.scenario)
    let (status, body) = try Self.ask(&house, path, method: method)
    #expect(status == code)
    #expect(body["error"]?["message"]?.string == text)
  }

  @Test func `nobody finds out a key by asking`() throws {
    var house = try House(Self.scenario)
    let key = Header("x-goog-api-key", "AIzaSecretSecret")
    house.take(
      .opened(
        Request(
          method: "POST", target: "/orders/1", headers: [key, Header("accept", "text/html")],
          body: Array("AIzaSecretSecret and plain".utf8))), 1)
    for (filter, count) in [
      ("header=x-goog-api-key", 1), ("header=x-goog-api-key:%20AIza", 0),
      ("header=accept:%20text", 1), ("body=AIza", 0), ("body=and%20plain", 1),
    ] {
      let (_, body) = try Self.ask(&house, "/mockgem/journal/count?\(filter)")
      #expect(body["count"]?.integer == count, "\(filter)")
    }
  }

  @Test(arguments: [
    ([Header("Host", "localhost:8080")], 200), ([Header("Host", "[::1]:8080")], 200),
    ([Header("Host", "127.0.0.1:8080"), Header("Origin", "http://127.0.0.1:8080")], 200),
    ([Header("Host", "127.0.0.1:8080"), Header("Origin", "https://evil.example")], 403),
    ([Header("Host", "127.0.0.1:8080"), Header("Origin", "null")], 403),
    ([Header("Host", "evil.example:8080"), Header("Origin", "http://evil.example:8080")], 403),
  ])
  func `pages of others do not control anything`(headers: [Header], status: Int) throws {
    var house = try House(Self.scenario)
    house.take(.opened(Request(target: "/mockgem/journal", headers: headers)), 1)
    #expect(house.responses.last?.status == status)
  }

  @Test func `where the control API is not served, its paths say so`() throws {
    var house = try House(Self.scenario) { $0.isControlled = false }
    for (method, path) in [
      ("GET", "/mockgem/journal"), ("POST", "/mockgem/reset"), ("GET", "/mockgem/faults"),
    ] {
      let (status, body) = try Self.ask(&house, path, method: method)
      #expect(status == 403)
      #expect(body["error"]?["message"]?.string?.contains("'serve --control'") == true)
    }
    house.take(.opened(Request(target: "/mockgem")), 3)
    #expect(house.responses.last?.status == 200)
  }
}

extension House {
  /// The numbers of the entries that the journal's file holds.
  fileprivate var journal: [Int] {
    commands.compactMap {
      guard case .record(let line, "journal.jsonl") = $0 else { return nil }
      return (try? JSONValue(parsing: line))?["number"]?.integer
    }
  }
}
