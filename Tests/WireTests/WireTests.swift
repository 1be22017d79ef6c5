import JSON
import Testing
import Wire

@Suite("Request") struct RequestTests {
  @Test func `repeated slashes are one, and the query is no part of the path`() {
    #expect(Request(target: "//ws//x?a=/b//c").path == "/ws/x")
  }

  @Test func `query values are decoded, the last of a name counts`() {
    let request = Request(target: "/x?key=a%2Bb+c&empty&key=d%41%zz#frag")
    #expect(request.query("key") == "dA%zz")
    #expect(request.query("empty") == "")
    #expect(request.query("none") == nil)
    #expect(request.queryItems.first?.value == "a+b c")
  }

  @Test func `header names compare without case, and several lines are joined`() {
    let request = Request(target: "/", headers: [Header("X-A", "1"), Header("x-a", "2")])
    #expect(request.header("X-a") == "1, 2")
  }

  @Test func `subprotocols come in the client's order`() {
    let request = Request(
      target: "/", headers: [Header("Sec-WebSocket-Protocol", "realtime,  b ,c")])
    #expect(request.subprotocols == ["realtime", "b", "c"])
  }

  @Test func `only a GET can ask for a WebSocket`() {
    let upgrade = [Header("upgrade", "WebSocket")]
    #expect(Request(target: "/", headers: upgrade).asksForWebSocket)
    #expect(!Request(method: "POST", target: "/", headers: upgrade).asksForWebSocket)
    #expect(!Request(target: "/").asksForWebSocket)
  }
}

@Suite("Head parser") struct HeadParserTests {
  private func parse(_ text: String) -> HeadParser.Result {
    HeadParser.parse(Array(text.utf8), isSecure: false)
  }

  @Test func `reads the line, the headers and the length`() {
    let head = "GET /a?b HTTP/1.1\r\nX: 1 \r\na:\r\n\r\n"
    let request = Request(target: "/a?b", headers: [Header("X", "1"), Header("a", "")])
    #expect(parse(head + "early frame") == .head(request, length: head.utf8.count))
  }

  @Test func `takes bare line feeds and empty lines in front`() {
    #expect(
      parse("\r\n\nGET / HTTP/1.1\nX: 1\n\n")
        == .head(
          Request(target: "/", headers: [Header("X", "1")]), length: 24))
  }

  @Test func `every beginning of a head is incomplete`() {
    let head = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    for end in 0..<head.count {
      #expect(HeadParser.parse(head[..<end], isSecure: false) == .incomplete)
    }
  }

  @Test(arguments: [
    "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/2\r\n\r\n", "GET /\r\n\r\n", " GET / HTTP/1.1\r\n\r\n",
  ])
  func `refuses a request line of another shape`(head: String) {
    #expect(parse(head) == .malformed("the request line is not 'METHOD target HTTP/1.1'"))
  }

  @Test(arguments: ["X : 1", ": 1", "novalue", " folded: 1", "X\u{1}: 1"])
  func `refuses a header line of another shape`(line: String) {
    #expect(
      parse("GET / HTTP/1.1\r\n\(line)\r\n\r\n")
        == .malformed("a header line is not 'Name: value'"))
  }
}

@Suite("Message") struct MessageTests {
  @Test func `what is JSON is parsed, what is not is kept`() {
    #expect(Message(received: Array(#"{"a":1}"#.utf8), as: .text).json == ["a": 1])
    #expect(Message(received: [123], as: .binary) == Message(.binary, .bytes([123])))
  }

  @Test func `a payload is its pieces in order`() {
    let value: JSONValue = ["d": .shared(SharedText([UInt8](repeating: 65, count: 2000)))]
    let payload = Message.json(value).payload
    #expect(payload.bytes == value.encoded)
    #expect(payload.count == value.encoded.count)
  }
}
