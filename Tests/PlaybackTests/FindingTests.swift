import JSON
import Playback
import Testing
import VirtualTime
import Wire

@Suite("What is found out") struct FindingTests {
  private static let dialogue = """
    steps:
    - {await: user}
    - {say: Hi.}
    - {await: tool_result, expect: {output: {ok: true}}}
    - {say: Bye.}
    """

  private func house(_ text: String = Self.dialogue) throws -> House {
    var house = try House(text, isRecording: true)
    house.open()
    house.run()
    return house
  }

  @Test func `a script that was played to its end leaves nothing to complain of`() throws {
    var house = try house("steps: [{await: user}, {say: Hi.}]")
    house.send(["turn": "x"])
    house.run()
    house.take(.closed(.normal, ""))
    #expect(house.complaints == [])
    #expect(
      house.findings.map { $0["finding"]?.string } == ["opened", "played", "played"])
  }

  @Test func `a client that goes early leaves expectations and steps`() throws {
    var house = try house()
    house.take(.closed(.normal, ""))
    #expect(
      house.complaints == [
        "5: missing: 'await: tool_result' and what it expects were never reached",
        "3: unplayed: 3 steps were not played: 'await: user' at 3:4, 'say' at 4:4, 'say' at 6:4",
      ])
  }

  @Test func `a client that goes where an expectation waits has missed it`() throws {
    var house = try house()
    house.send(["turn": "x"])
    house.run()
    house.take(.closed(.normal, ""))
    #expect(
      house.complaints == [
        "5: missing: the connection ended where 'await: tool_result' waited",
        "6: unplayed: 1 step was not played: 'say' at 6:4",
      ])
    #expect(house.findings.dropLast().last?["hint"] == "send 'results'")
  }

  @Test func `a client that goes while the model speaks is told to wait`() throws {
    var house = try house("steps: [{await: user}, {say: Hi.}]")
    house.send(["turn": "x"])
    house.take(.closed(.normal, ""))
    #expect(
      house.complaints == ["left: the client ended the connection while the model was busy"])
  }

  @Test func `a turn in place of a tool result is unexpected, and the hint says what to send`()
    throws
  {
    var house = try house()
    house.send(["turn": "x"])
    house.run()
    house.send(["turn": "and?"])
    #expect(
      house.complaints == [
        "5: unexpected: user turn (text) where x.yaml:5:4 awaits results: "
          + "the model answers with nothing"
      ])
    #expect(house.findings.last?["hint"] == "send 'results'")
  }

  @Test func `an expectation that fails names the place, what was wanted and what came`() throws {
    var house = try house()
    house.send(["turn": "x"])
    house.run()
    house.send(["results": [["id": "1", "output": ["ok": false]]]])
    house.run()
    house.take(.closed(.normal, ""))
    #expect(house.complaints == ["5: unmet: output.ok: expected true, but found false"])
  }

  @Test func `a turn that nothing answers is unexpected`() throws {
    var house = try house("steps: [{say: Hi.}]")
    house.send(["turn": "x"])
    house.run()
    house.take(.closed(.normal, ""))
    #expect(
      house.complaints == [
        "unexpected: user turn (text), but the scenario has no steps left: "
          + "the model answers with nothing"
      ])
  }

  @Test func `a list that repeats for ever leaves nothing`() throws {
    var house = try house("steps: [{repeat: , steps: [{await: user}, {say: Hi.}]}]")
    house.send(["turn": "x"])
    house.run()
    house.take(.closed(.normal, ""))
    #expect(house.complaints == [])
  }

  @Test func `a client that never comes back is missed at the end of the run`() throws {
    var house = try house("steps: [{say: Hi.}, {await: reconnect}, {say: Again.}]")
    house.take(.closed(.normal, ""))
    #expect(house.complaints == [])
    house.commands += house.stage.conclusion(at: house.now)
    #expect(
      house.complaints == ["2: missing: the client never came back where 'await: reconnect' waited"]
    )
  }

  @Test(arguments: [
    ("/plian", "GET", "did you mean GET /plain?"),
    (
      "/orders/7", "DELETE", "the route at x.yaml:3:4 takes this path, but with POST and not DELETE"
    ),
    (
      "/orders/7", "POST",
      "the route at x.yaml:3:4 takes this path, but header x-shop: expected \"a\", but found nothing"
    ),
    ("/order/{id}", "POST", "the nearest route is /orders/{id}"),
    (
      "/quite/different", "GET",
      "this scenario's routes: POST /orders/{id}; served here: GET /plain"
    ),
  ])
  func `a request that nothing takes is told what comes nearest`(
    target: String, method: String, hint: String
  ) throws {
    let routes = """
      routes:
      - {path: "/orders/{id}", method: POST, headers: {x-shop: a}, respond: 200}
      steps: [{await: user}]
      """
    var house = try House(routes, isRecording: true)
    house.post(.null, to: target, method: method)
    let finding = try #require(house.findings.last)
    #expect(finding["finding"] == "unexpected")
    #expect(finding["text"]?.string == "nothing answers \(method) \(target)")
    #expect(finding["hint"]?.string == hint)
  }

  @Test func `a refused connection is what the scenario wants`() throws {
    var house = try House(
      "connections: [{nth: 1, refuse: 503}]\nsteps: [{await: user}]", isRecording: true)
    house.open()
    #expect(house.findings.map { $0["finding"] } == ["fault"])
  }

  @Test func `a fault is found where it happens`() throws {
    let house = try house("steps: [{say: Hi., fault: {reset: {after: 1 message}}}]")
    #expect(house.findings.map { $0["finding"] }.contains("fault"))
    #expect(house.complaints == [])
  }
}
