import Conversation
import Interactions
import JSON
import Testing
import VirtualTime
import Wire

/// What a step looks like in each place where it is told.
@Suite("Interactions: forms") struct FormTests {
  private let question: JSONValue = ["model": model, "input": "?"]
  private let streamed: JSONValue = ["model": model, "input": "?", "stream": true]

  private func send(_ step: JSONValue) -> ServerAction { .send(Message(.text, .json(step))) }

  @Test(arguments: [("stream", "text/event-stream"), ("whole", "application/json; charset=UTF-8")])
  func `an answer may have another form than was asked for`(form: String, type: String) {
    var driver = Driver(pace: .fast, options: ["answers": .word(form)])
    for body in [question, streamed] {
      let number = driver.create(body, [say("Hi")])
      driver.run()
      #expect(driver.exchanges[number].response?.headers.first == Header("Content-Type", type))
    }
  }

  @Test func `what a file search found is told in its delta alone`() {
    let found: JSONValue = ["type": "file_search_result", "call_id": "a", "result": [[:]]]
    var driver = Driver()
    let whole = driver.create(question, [send(found)])
    let steps = driver.json(whole)["steps"]?.array
    #expect(steps?.last == ["type": "file_search_result", "call_id": "a"])
    let stream = driver.create(streamed, [send(found)])
    driver.run()
    let delta = driver.exchanges[stream].events.compactMap { $0["delta"] }.last
    #expect(delta == ["result": [[:]], "type": "file_search_result"])
  }

  @Test func `the kind of a search is told when it begins`() {
    let search: JSONValue = [
      "type": "google_search_call", "id": "a", "search_type": "image_search",
      "arguments": ["queries": ["cats"]],
    ]
    var driver = Driver()
    let number = driver.create(streamed, [send(search)])
    driver.run()
    let events = driver.exchanges[number].events
    #expect(
      events.compactMap { $0["step"] }.last
        == ["type": "google_search_call", "id": "a", "search_type": "image_search"])
    #expect(
      events.compactMap { $0["delta"] }.last
        == ["arguments": ["queries": ["cats"]], "type": "google_search_call"])
  }

  @Test func `an output may hold an error`() {
    let output: JSONValue = [
      "type": "model_output", "content": [["type": "text", "text": "Half"]],
      "error": ["code": 13, "message": "Broken."],
    ]
    var driver = Driver()
    let number = driver.create(question, [send(output)])
    #expect(driver.json(number)["steps"]?.array?.last == output)
  }

  @Test func `an environment has an identifier by which it is used again`() {
    var driver = Driver()
    let first = driver.create(
      ["model": model, "input": "?", "environment": ["type": "remote"]], [say("x")])
    let id = driver.json(first)["environment_id"]
    #expect(id?.string?.hasPrefix("env_") == true)
    #expect(driver.json(first)["environment"] == ["type": "remote"])
    for environment: JSONValue in [id ?? "", ["type": "remote", "environment_id": id ?? ""]] {
      let number = driver.create(
        ["model": model, "input": "?", "environment": environment], [say("x")])
      #expect(driver.json(number)["environment_id"] == id)
    }
    let plain = driver.create(question, [say("x")])
    #expect(driver.json(plain)["environment_id"] == nil)
  }

  @Test func `the legacy schema leaves out what it has no form for`() {
    var driver = Driver(pace: .fast, options: ["revision": .word("legacy")])
    let body: JSONValue = [
      "model": model, "input": "?", "service_tier": "deferred", "labels": ["a": "b"],
      "generation_config": ["temperature": 1],
    ]
    let words: JSONValue = [
      "type": "model_output",
      "content": [
        [
          "type": "text", "text": "Hi",
          "annotations": [["type": "word_info", "text": "Hi"], ["type": "url_citation"]],
        ]
      ],
    ]
    let number = driver.create(
      body, [send(["type": "retrieval_call", "arguments": [:]]), send(words)])
    let json = driver.json(number)
    #expect(
      json["outputs"]?.array?.last
        == ["type": "text", "text": "Hi", "annotations": [["type": "url_citation"]]])
    #expect(json["outputs"]?.array?.count == 2)
    for name in ["service_tier", "labels", "generation_config"] { #expect(json[name] == nil) }
    #expect(
      driver.exchanges[number].warnings
        == ["left out: the legacy schema has no content 'retrieval_call'"])
  }
}
