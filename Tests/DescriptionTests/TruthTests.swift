import JSON
import OpenAPI
import Testing
import Wire

/// What the service says of itself is what it does.
@Suite("Description: truth") struct TruthTests {
  private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]

  /// What names of paths stand for; others get `x`.
  private static let names = [
    "version": "v1beta", "model": "gemini-3-flash-preview", "file": "f", "cachedContent": "c",
    "corpus": "c", "batch": "b", "operation": "o", "generatedFile": "f", "permission": "owner",
    "call": "rtc_1", "fault": "order-1", "rest-of-path": "a/b",
  ]

  private static func target(_ path: String) -> String {
    PathPattern(path).filled { names[$0] ?? "x" }
  }

  /// Requests that must be whole to come as far as the answer.
  private static let bodies = [
    "/v1/realtime": "v=0\r\nm=audio 9 x 0\r\n", "/v1/realtime/calls": "v=0\r\nm=audio 9 x 0\r\n",
  ]

  @Test func `answers every operation it describes, but for the README's deviations`() throws {
    let service = try Service()
    let operations = service.operations
    #expect(operations.count > 80)
    var missing: Set<String> = []
    for (method, path, _) in operations {
      let answered = service.fresh(method, Self.target(path), Self.bodies[path] ?? "{}")
      let response = try #require(answered)
      if Service.isUnknown(response) || response.status == 501 {
        missing.insert("\(method) \(path)")
      }
    }
    #expect(missing == (try Service.deviations()))
  }

  @Test func `describes every method that answers at its paths`() throws {
    let service = try Service()
    let operations = service.operations
    let described = Set(operations.map { "\($0.method) \($0.path)" })
    for path in Set(operations.map(\.path)) {
      for method in Self.methods where !described.contains("\(method) \(path)") {
        let answered = service.fresh(method, Self.target(path), "{}")
        let response = try #require(answered)
        #expect(
          Service.isUnknown(response), "\(method) \(path) answers with \(response.status)")
      }
    }
  }

  @Test func `declares the status and the type of what it answers`() throws {
    let service = try Service()
    for (method, path, operation) in service.operations {
      let answered = service.fresh(method, Self.target(path), "{}")
      let response = try #require(answered)
      let answers = operation["responses"]
      let answer = answers?["\(response.status)"] ?? answers?["default"]
      #expect(answer != nil, "\(method) \(path) answers with \(response.status)")
      let type = response.headers.first { $0.name.lowercased() == "content-type" }?.value
      guard let type = type?.split(separator: ";").first.map(String.init), !response.body.isEmpty
      else { continue }
      let types = answer?["content"]?.object?.names ?? []
      #expect(types.contains(type) || types.contains("*/*"), "\(method) \(path) sends \(type)")
    }
  }

  @Test func `tells of the routes of the scenario`() throws {
    let service = try Service()
    let chat = service.operations.first { $0.path == "/v1/chat/{chat}/message" }
    #expect(chat?.method == "POST")
    #expect(chat?.operation["responses"]?.object?.names == ["200", "429", "default"])
    let anything = service.operations.filter { $0.path == "/anything/{rest-of-path}" }
    #expect(
      anything.map(\.method) == [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
      ])
    #expect(!service.operations.contains { $0.path == "/echo" })
  }

  @Test func `refers to definitions that are there`() throws {
    let description = try Service().description
    let defined = Set(description["components"]?["schemas"]?.object?.names ?? [])
    var used: Set<String> = []
    Self.collect(description, &used)
    #expect(used.subtracting(defined) == [])
    #expect(used.count > 100)
  }

  @Test func `serves what it describes`() throws {
    var service = try Service()
    let answered = service.answer("GET", "/mockgem/openapi.json")
    let response = try #require(answered)
    #expect(try JSONValue(parsing: response.body) == service.description)
  }

  private static func collect(_ value: JSONValue, _ used: inout Set<String>) {
    if let elements = value.array { for element in elements { collect(element, &used) } }
    for member in value.object?.members ?? [] {
      if member.name == "$ref", let place = member.value.string {
        used.insert(String(place.split(separator: "/").last ?? ""))
      }
      collect(member.value, &used)
    }
  }
}
