import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

@Suite("OpenAI Realtime: REST") struct RESTTests {
  /// A client of one API key, and its namespace.
  private struct Desk {
    var namespace = Namespace(seed: 1, epoch: 1_790_000_000)
    var settings = SessionSettings()
    var now = Instant.start

    mutating func post(
      _ path: String, _ body: String = "",
      headers: [Header] = [Header("Authorization", "Bearer k")],
      method: String = "POST"
    ) -> (status: Int, body: JSONValue, response: Response?) {
      let request = Request(
        method: method, target: path, headers: headers, body: Array(body.utf8))
      #expect(OpenAIRealtime.restProtocol.accepts(request))
      var session = OpenAIRealtime.restProtocol.open(settings)
      for output in session.receive(.opened(request), at: now, in: &namespace) {
        if case .respond(let response) = output {
          return (
            response.status, (try? JSONValue(parsing: response.body)) ?? .null, response
          )
        }
      }
      return (0, .null, nil)
    }

    /// The first events of a connection with `key`.
    mutating func connect(_ key: String, _ target: String = "/v1/realtime") -> [JSONValue] {
      let request = Request(target: target, headers: [Header("Authorization", "Bearer \(key)")])
      var session = OpenAIRealtime.wireProtocol.open(settings)
      return session.receive(.opened(request), at: now, in: &namespace).compactMap {
        if case .send(let message) = $0 { message.json } else { nil }
      }
    }
  }

  @Test func `a key that has expired is a wrong one`() {
    var desk = Desk()
    desk.settings.expiredKeys = ["k"]
    let refused = desk.post("/v1/realtime/client_secrets")
    #expect(refused.status == 401)
    #expect(refused.body["error"]?["code"] == "invalid_api_key")
  }

  @Test func `an ephemeral key opens sessions of its configuration until it expires`() {
    var desk = Desk()
    let made = desk.post(
      "/v1/realtime/client_secrets",
      #"{"expires_after":{"anchor":"created_at","seconds":30},"session":{"type":"realtime","#
        + #""model":"gpt-realtime-2.1","audio":{"output":{"voice":"ash"}}}}"#)
    #expect(made.status == 200)
    #expect(made.body.object?.names == ["value", "expires_at", "session"])
    #expect(made.body["expires_at"] == 1_790_000_030)
    #expect(made.body["session"]?["expires_at"] == 0)
    #expect(made.body["session"]?["audio"]?["output"]?["voice"] == "ash")
    let key = made.body["value"]?.string ?? ""
    #expect(key.wholeMatch(of: /ek_[0-9a-f]{32}/) != nil)
    for _ in 0..<2 {
      let session = desk.connect(key)[0]["session"]
      #expect(session?["model"] == "gpt-realtime-2.1")
      #expect(session?["audio"]?["output"]?["voice"] == "ash")
    }
    desk.now = .start + .seconds(30)
    #expect(desk.connect(key)[0]["error"]?["code"] == "invalid_api_key")
  }

  @Test func `an ephemeral key leads to the namespace of the key that made it`() {
    var desk = Desk()
    let key = desk.post("/v1/realtime/client_secrets").body["value"]?.string ?? ""
    func namespace(_ key: String) -> String? {
      OpenAIRealtime.wireProtocol.namespace(
        Request(target: "/v1/realtime", headers: [Header("Authorization", "Bearer \(key)")]))
    }
    #expect(namespace(key) == namespace("k"))
    #expect(namespace("other") != namespace("k"))
  }

  @Test func `a key that was never made is refused`() {
    var desk = Desk()
    #expect(
      desk.connect("ek_0123456789abcdef0123456789abcdef", "/v1/realtime?model=gpt-realtime")[0][
        "error"]?["code"] == "invalid_api_key")
  }

  @Test func `a key for transcription opens a transcription session`() {
    var desk = Desk()
    let made = desk.post(
      "/v1/realtime/client_secrets", #"{"session":{"type":"transcription"}}"#)
    #expect(made.body["session"]?["object"] == "realtime.transcription_session")
    let key = made.body["value"]?.string ?? ""
    #expect(desk.connect(key)[0]["session"]?["type"] == "transcription")
  }

  @Test(arguments: [
    (#"{"expires_after":{"seconds":5}}"#, "integer_below_min_value", "expires_after.seconds"),
    (#"{"expires_after":{"seconds":7201}}"#, "invalid_value", "expires_after.seconds"),
    (#"{"session":{}}"#, "missing_required_parameter", "session.type"),
    (#"{"session":{"type":"realtime","x":1}}"#, "unknown_parameter", "session.x"),
    (#"{"y":1}"#, "unknown_parameter", "y"),
  ])
  func `refuses what the reference forbids`(body: String, code: String, param: String) {
    var desk = Desk()
    let answer = desk.post("/v1/realtime/client_secrets", body)
    #expect(answer.status == 400)
    #expect(answer.body["error"]?.object?.names == ["message", "type", "param", "code"])
    #expect(answer.body["error"]?["code"]?.string == code)
    #expect(answer.body["error"]?["param"]?.string == param)
  }

  @Test func `the beta's sessions are there when the beta is`() {
    var desk = Desk()
    #expect(
      desk.post("/v1/realtime/sessions", "{}").body["error"]?["code"]
        == "beta_api_shape_disabled")
    desk.settings.options["beta"] = .word("accept")
    let made = desk.post("/v1/realtime/sessions", #"{"model":"gpt-realtime","voice":"verse"}"#)
    #expect(made.body["voice"] == "verse")
    #expect(made.body["client_secret"]?["expires_at"] == 1_790_000_060)
    let key = made.body["client_secret"]?["value"]?.string ?? ""
    #expect(desk.connect(key)[0]["session"]?["audio"]?["output"]?["voice"] == "verse")
    let transcription = desk.post("/v1/realtime/transcription_sessions", "{}")
    #expect(transcription.body["object"] == "realtime.transcription_session")
    #expect(transcription.body["client_secret"]?["value"]?.string?.hasPrefix("ek_") == true)
  }

  @Test func `without a key nothing is made`() {
    var desk = Desk()
    let answer = desk.post("/v1/realtime/client_secrets", headers: [])
    #expect(answer.status == 401)
    #expect(desk.post("/v1/realtime/client_secrets", "[1").status == 400)
    #expect(desk.post("/v1/realtime/client_secrets", method: "GET").status == 405)
  }

  @Test func `browsers may ask from any page`() {
    var desk = Desk()
    let answer = desk.post("/v1/realtime/client_secrets", headers: [], method: "OPTIONS").response
    #expect(answer?.status == 200)
    let names = answer?.headers.map(\.name) ?? []
    #expect(names.contains("Access-Control-Allow-Origin"))
    #expect(names.contains("Access-Control-Allow-Headers"))
  }

  @Test func `calls are controlled until they end`() {
    var desk = Desk()
    let calls = "/v1/realtime/calls"
    #expect(
      desk.post("\(calls)/rtc_1/accept", #"{"type":"realtime","model":"gpt-realtime"}"#).status
        == 200)
    #expect(desk.post("\(calls)/rtc_1/refer", #"{"target_uri":"tel:+1"}"#).status == 200)
    #expect(desk.post("\(calls)/rtc_1/refer", "{}").body["error"]?["param"] == "target_uri")
    #expect(desk.post("\(calls)/rtc_1/hangup").status == 200)
    let gone = desk.post("\(calls)/rtc_1/hangup")
    #expect(gone.status == 404)
    #expect(gone.body["error"]?["code"] == "call_id_not_found")
    #expect(gone.body["error"]?["param"] == "")
    #expect(desk.post("\(calls)/rtc_2/reject", #"{"status_code":486}"#).status == 200)
    #expect(desk.post("\(calls)/rtc_2/dance").status == 404)
    desk.settings.options["calls"] = .texts(["rtc_known"])
    #expect(desk.post("\(calls)/rtc_3/hangup").status == 404)
    #expect(desk.post("\(calls)/rtc_known/hangup").status == 200)
  }

  @Test func `an offer is refused clearly, for there is no media`() {
    var desk = Desk()
    #expect(desk.post("/v1/realtime/calls", "hello").body["error"]?["code"] == "invalid_offer")
    let offer = desk.post("/v1/realtime/calls", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n")
    #expect(offer.status == 501)
    #expect(offer.body["error"]?["code"] == "webrtc_not_supported")
  }

  @Test func `leaves other resources to others`() {
    for path in ["/v1/responses", "/v1/realtimes", "/v1/realtime/else"] {
      #expect(
        !OpenAIRealtime.restProtocol.accepts(Request(method: "POST", target: path)), "\(path)")
    }
  }
}
