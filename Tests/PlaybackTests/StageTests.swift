import JSON
import OpenAIRealtime
import Playback
import Testing
import Wire

@Suite("Stage: requests") struct StageRequestTests {
  @Test func `an echo route gives back every byte`() throws {
    var house = try House("routes: [{path: /echo, websocket: echo}]")
    house.open("/echo?x=1")
    #expect(house.commands == [.upgrade(subprotocol: nil)])
    house.take(.message(.binary, [0, 255, 1]))
    #expect(house.commands.last == .send(.binary, Payload([0, 255, 1])))
    house.take(.closed(.normal, ""))
    house.take(.message(.text, [65]))
    #expect(house.commands.count == 2)
  }

  @Test func `a WebSocket path without an upgrade gets 426`() throws {
    var house = try House("steps: [{await: user}]", protocols: [OpenAIRealtime.wireProtocol])
    house.open("/v1/realtime?model=m", headers: [])
    let response = try #require(house.response)
    #expect(response.status == 426)
    #expect(response.headers.contains(Header("Upgrade", "websocket")))
  }

  @Test(arguments: [
    (
      "/nowhere", [],
      #"{"error":{"message":"no such resource: GET /nowhere","#
        + #""type":"invalid_request_error","param":null,"code":"not_found"}}"#
    ),
    (
      "/v1beta/nowhere", [],
      #"{"error":{"code":404,"message":"no such resource: "#
        + #"GET /v1beta/nowhere","status":"NOT_FOUND"}}"#
    ),
    (
      "/nowhere", [Header("Upgrade", "websocket")],
      #"{"error":{"message":"no such resource: "#
        + #"GET /nowhere","type":"invalid_request_error","param":null,"code":"not_found"}}"#
    ),
  ])
  func `an unknown path gets the vendor's 404`(path: String, headers: [Header], body: String)
    throws
  {
    var house = try House("steps: [{await: user}]", protocols: [OpenAIRealtime.wireProtocol])
    house.open(path, headers: headers)
    let response = try #require(house.response)
    #expect(response.status == 404)
    #expect(String(decoding: response.body, as: UTF8.self) == body)
  }

  @Test func `the root tells what is served`() throws {
    var house = try House("steps: [{await: user}]", protocols: [OpenAIRealtime.wireProtocol])
    house.open("/", headers: [])
    let body = try JSONValue(parsing: try #require(house.response).body)
    #expect(
      body == [
        "server": "mockgem", "scenario": "x.yaml", "scenarios": ["x.yaml"],
        "protocols": ["openai-realtime"],
      ])
  }

  @Test func `connections of a key share dice, isolated ones do not`() throws {
    func ids(_ isolation: Isolation, keys: [String]) throws -> [String] {
      var house = try House(
        "steps: [{await: user}]", protocols: [OpenAIRealtime.wireProtocol], isolation: isolation)
      for (index, key) in keys.enumerated() {
        house.open("/v1/realtime?model=m", as: UInt64(index + 1), key: key)
      }
      return house.messages.compactMap { $0["session"]?["id"]?.string }
    }
    #expect(Set(try ids(.key, keys: ["a", "a"])).count == 2)
    #expect(Set(try ids(.key, keys: ["a", "b"])).count == 1)
    #expect(Set(try ids(.connection, keys: ["a", "a"])).count == 1)
  }

  @Test func `the log never shows a key`() throws {
    var house = try House("steps: [{await: user}]", protocols: [OpenAIRealtime.wireProtocol])
    house.open("/v1/realtime?model=m&key=SECRET", key: "SECRET")
    house.take(.closed(.normal, ""))
    #expect(!house.log.isEmpty)
    #expect(!house.log.contains { $0.contains("SECRET") })
  }
}
