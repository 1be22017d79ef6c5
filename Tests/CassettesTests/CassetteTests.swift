import Cassettes
import Conversation
import JSON
import Testing
import Transcripts
import Wire

@Suite("Cassette") struct CassetteTests {
  private func cassette(_ texts: String...) throws -> Cassette {
    Cassette(try texts.map { try JSONValue(parsing: Array($0.utf8)) })
  }

  private func words(_ cassette: Cassette) -> [String] {
    cassette.messages.map { "\($0.isFromServer ? "<-" : "->") \($0.body)" }
  }

  @Test(arguments: [
    #"{"version":1,"interactions":[{"kind":"message","direction":"sent","data":{"a":1}},{"kind":"message","direction":"received","data":{"b":2}}]}"#,
    #"[{"sent":{"a":1}},{"received":{"b":2}}]"#,
    #"{"frames":[{"dir":"out","payload":"{\"a\":1}"},{"dir":"in","payload":"{\"b\":2}"}]}"#,
    #"{"messages":[{"type":"send","data":{"a":1}},{"type":"receive","data":{"b":2}}]}"#,
  ])
  func `frames that were sent and received are found in their usual forms`(text: String) throws {
    #expect(words(try cassette(text)) == [#"-> {"a":1}"#, #"<- {"b":2}"#])
  }

  @Test func `lines with times keep them`() throws {
    let cassette = try cassette(
      #"{"timestamp":10.0,"direction":"sent","data":{"a":1}}"#,
      #"{"timestamp":10.25,"direction":"received","data":{"b":2}}"#)
    #expect(cassette.frames.map(\.at) == [10, 10.25])
  }

  @Test func `transcripts are read as they are`() throws {
    let cassette = try cassette(
      #"{"at":0.0,"from":"client","open":{"protocol":"plain","target":"/x"}}"#,
      #"{"at":0.1,"from":"client","message":{"a":1}}"#,
      #"{"at":0.2,"from":"server","binary":{"b":2}}"#)
    #expect(cassette.opening?["target"] == "/x")
    #expect(words(cassette) == [#"-> {"a":1}"#, #"<- {"b":2}"#])
  }

  @Test func `requests and answers are read as VCR keeps them`() throws {
    let cassette = try cassette(
      """
      {"interactions":[{"request":{"method":"POST","uri":"https://api.openai.com/v1/x?key=k",
       "headers":{"accept":["*/*"]},"parsed_body":{"a":1}},
       "response":{"status":{"code":201,"message":"Created"},"headers":{"location":["/y"]},
       "body":{"string":"done"}}}]}
      """)
    let exchange = try #require(cassette.exchanges.first)
    #expect(exchange.request.target == "/v1/x?key=k")
    #expect(exchange.request.body == Array(#"{"a":1}"#.utf8))
    #expect(exchange.response.status == 201)
    #expect(exchange.response.headers == [Header("location", "/y")])
    #expect(exchange.response.body == Array("done".utf8))
  }

  @Test(arguments: ["null", "[]", "[1,[2,[3]]]", #"{"interactions":[{"request":{}}]}"#, #""x""#])
  func `what is no recording holds nothing`(text: String) throws {
    let cassette = try cassette(text)
    #expect(cassette.frames.isEmpty && cassette.exchanges.isEmpty)
  }
}

@Suite("Scrubber") struct ScrubberTests {
  @Test(arguments: [
    (#"{"a":"sk-proj-abcdefgh1234"}"#, #"{"a":"<secret>"}"#),
    (#"{"value":"ek_0123456789abcdef"}"#, #"{"value":"<secret>"}"#),
    (#"{"Authorization":"Bearer sk-1"}"#, #"{"Authorization":"Bearer <secret>"}"#),
    (#"{"api_key":"anything"}"#, #"{"api_key":"<secret>"}"#),
    (#"{"text":"sk- is how keys begin","max_output_tokens":"inf"}"#, nil),
    (#"{"call_id":"call_0123456789abcdef","id":"sess_0123456789"}"#, nil),
  ])
  func `keys and tokens go, everything else stays`(text: String, expected: String?) throws {
    let value = try JSONValue(parsing: Array(text.utf8))
    #expect(Scrubber.scrubbed(value).description == expected ?? text)
  }

  @Test func `bodies that are no JSON are looked at word by word`() {
    let body = Array("the key sk-abcdefghijkl is mine".utf8)
    #expect(Scrubber.scrubbed(body) == Array("the key <secret> is mine".utf8))
  }
}

@Suite("Skeleton") struct SkeletonTests {
  @Test func `a conversation becomes steps, and its audio files`() {
    let skeleton = Skeleton(
      Retold(
        [
          .user(heard: "Say \"hi\" for ${5}"), .think("Hm."),
          .call([ToolCall(name: "f", arguments: ["x": 1], id: "c1")]), .toolResult,
          .say(text: "Hi.", audio: [1, 0], rate: 24_000), .interruption,
          .say(text: "", audio: [2, 0], rate: 16_000),
        ], options: ["rate_limits": false]), name: "x", protocolName: "plain")
    #expect(
      skeleton.text == """
        # Made out of a recording by 'mockgem import'.
        mockgem: 1
        name: "x"
        protocols: [plain]
        plain: {"rate_limits":false}
        steps:
        - await: user
          heard: "Say \\"hi\\" for $${5}"
        - think: "Hm."
        - call:
          - name: "f"
            args: {"x":1}
            id: "c1"
        - await: tool_result
        - say: "Hi."
          audio: "audio/x-1.wav"
        - await: interruption
        - say:
            audio: "audio/x-2.wav"

        """)
    #expect(skeleton.clips.map(\.rate) == [24_000, 16_000])
  }

  @Test func `exchanges become routes, equal requests one with several answers`() throws {
    func exchange(_ status: Int) -> JSONValue {
      [
        "request": ["method": "GET", "uri": "https://x.org/a/b"],
        "response": [
          "status": .int(status), "headers": ["Set-Cookie": "secret", "X-A": "1"],
          "body": ["string": "{\"ok\":true}"],
        ],
      ]
    }
    let skeleton = Skeleton(Cassette([exchange(503), exchange(200)]).exchanges, name: "x")
    #expect(
      skeleton.text == """
        # Made out of a recording by 'mockgem import'.
        mockgem: 1
        name: "x"
        routes:
        - path: "/a/b"
          method: GET
          respond:
          - status: 503
            headers:
              "Set-Cookie": "<secret>"
              "X-A": "1"
            json: {"ok":true}
          - status: 200
            headers:
              "Set-Cookie": "<secret>"
              "X-A": "1"
            json: {"ok":true}

        """)
  }
}
