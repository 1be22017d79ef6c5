import JSON
import Playback
import Testing
import VirtualTime
import Wire

@Suite("Connections") struct ConnectionTests {
  @Test func `the first ones are refused, and a later one plays`() throws {
    var house = try House(
      """
      connections:
      - nth: 1-2
        refuse: {status: 503, headers: {Retry-After: "1"}, json: {error: busy}}
      - nth: 4-
        steps: [{say: Again.}]
      steps: [{say: Hello.}]
      """)
    for number in 1...4 as ClosedRange<UInt64> {
      house.open(as: number)
      house.run(number)
    }
    #expect(house.responses.map(\.status) == [503, 503])
    #expect(house.response?.headers.first == Header("Retry-After", "1"))
    #expect(
      house.news().filter { $0.contains("say") } == [#"{"say":"Hello."}"#, #"{"say":"Again."}"#])
    house.open(as: 9, key: "another")
    #expect(house.responses.map(\.status) == [503, 503, 503])
  }

  @Test func `a reset comes after so much, and the client must come back in time`() throws {
    let text = """
      steps:
      - await: user
      - say: One
      - say: Two
        fault: {reset: {after: 1 message}}
      - await: reconnect
        within: 5s
      - say: Welcome back.
      """
    for (gap, failures) in [
      (3, []), (8, ["x.yaml:7:3: the client came back after 8s, and not within 5s"]),
    ] {
      var house = try House(text)
      house.open()
      house.send(["turn": "x"])
      house.run()
      #expect(house.news() == [#"{"say":"One"}"#, #"{"say":"Two"}"#])
      #expect(house.commands.last == .reset)
      house.take(.closed(nil, ""))
      house.now = house.now + .seconds(gap)
      house.open(as: 2)
      house.run(2)
      #expect(house.news() == [#"{"say":"Welcome back."}"#, #"{"end":"completed"}"#])
      #expect(house.failures == failures)
    }
  }

  @Test func `a resumed session is expected`() throws {
    let text = """
      steps:
      - close: 1011
      - await: reconnect
        expect: {resumed: true, handle: {matches: ^h}}
      - say: Go on.
      """
    for (target, failures) in [
      ("/plain?handle=h1", []),
      ("/plain", ["x.yaml:4:3: resumed: expected true, but found false"]),
    ] {
      var house = try House(text)
      house.open()
      house.take(.closed(nil, ""))
      house.open(target, as: 2)
      house.run(2)
      #expect(house.news() == [#"{"say":"Go on."}"#, #"{"end":"completed"}"#])
      #expect(house.failures == failures)
    }
  }

  @Test func `after a stall nothing is sent, and the connection stays`() throws {
    var house = try House(
      "steps: [{say: One, fault: {stall: {after: 1 message}}}, {say: Two}, {await: user}]")
    house.open()
    house.run()
    house.send(["turn": "x"])
    #expect(house.news() == [#"{"say":"One"}"#])
    #expect(!house.commands.contains(.reset))
  }

  @Test func `the log tells which steps were never reached`() throws {
    var house = try House("steps: [{say: Hi.}, {await: user}, {say: Bye.}]")
    house.open()
    house.run()
    house.take(.closed(.normal, ""))
    #expect(house.log.contains("the script ended early: at x.yaml:2:22"))
  }

  @Test func `every connection plays the script from its beginning`() throws {
    var house = try House("steps: [{await: user}, {say: One.}, {await: user}, {say: Two.}]")
    for number in [1, 2] as [UInt64] { house.open(as: number) }
    for number in [1, 2, 1] as [UInt64] {
      house.send(["turn": "x"], as: number)
      house.run(number)
    }
    #expect(
      house.news().filter { $0.contains("say") } == [
        #"{"say":"One."}"#, #"{"say":"One."}"#, #"{"say":"Two."}"#,
      ])
  }

  @Test func `captures belong to a key, and a reset forgets them`() throws {
    var house = try House(
      """
      rules:
      - when: {user: {matches: "^I am "}}
        steps: [{set: {name: "${user.text}"}}, {say: Noted.}]
      otherwise:
      - say: You said ${name}
      """)
    house.open(as: 1, key: "a")
    house.send(["turn": "I am Ada"], as: 1)
    house.run(1)
    _ = house.news()
    for (number, key, said) in [
      (2, "a", #"{"say":"You said I am Ada"}"#), (3, "b", #"{"say":"You said "}"#),
    ] as [(UInt64, String, String)] {
      house.open(as: number, key: key)
      house.send(["turn": "?"], as: number)
      #expect(house.news() == [said])
    }
    house.post(.null, to: "/mockgem/reset", as: 50, key: "a")
    house.open(as: 4, key: "a")
    house.send(["turn": "?"], as: 4)
    #expect(house.news() == [#"{"say":"You said "}"#])
  }

  @Test func `a client chooses by name, by model, by key, or gets the first`() throws {
    var house = try House(
      "name: First\nsteps: [{send: 1}]",
      "name: Second\nmatch: {model: m2}\nsteps: [{send: 2}]",
      "name: Third\nmatch: {key: k3}\nsteps: [{send: 3}]")
    let upgrade = Header("Upgrade", "websocket")
    house.open("/plain", as: 1)
    house.open("/plain?model=m2", as: 2)
    house.open("/plain", as: 3, key: "k3")
    house.open("/plain?mockgem_scenario=Third", as: 4)
    house.open("/plain", as: 5, headers: [upgrade, Header("X-Mockgem-Scenario", "1")])
    #expect(house.news() == [1, 2, 3, 3, 2].map { #"{"send":\#($0)}"# })
    house.open("/plain?mockgem_scenario=Thirt", as: 6)
    #expect(house.response?.status == 404)
    let body = String(decoding: house.response?.body ?? [], as: UTF8.self)
    #expect(body.contains("no scenario 'Thirt'; did you mean 'Third'?"))
  }
}

@Suite("Conversations over HTTP") struct ThreadTests {
  private let text = """
    steps:
    - await: user
    - say: One.
    - await: user
    - say: Two.
    """

  private func said(_ messages: [JSONValue]) -> [String] {
    messages.compactMap { $0["say"]?.string }
  }

  @Test func `an exchange goes on where another one left off`() throws {
    var house = try House(text)
    #expect(said(house.post(["turn": "a", "as": "t1"], as: 10)) == ["One."])
    #expect(said(house.post(["turn": "b", "after": "t1", "as": "t2"], as: 11)) == ["Two."])
    #expect(said(house.post(["turn": "b", "after": "t1"], as: 12)) == ["Two."])
    #expect(said(house.post(["turn": "a"], as: 13)) == ["One."])
  }

  @Test func `history says how far a conversation is`() throws {
    var house = try House(text)
    #expect(said(house.post(["turn": "a", "after": 0], as: 10)) == ["One."])
    #expect(said(house.post(["turn": "b", "after": 1], as: 11)) == ["Two."])
    #expect(said(house.post(["turn": "c", "after": 2], as: 12)) == [])
  }

  @Test func `the end of an exchange is no end of its conversation`() throws {
    var house = try House(
      """
      steps:
      - await: user
      - think: One.
      - await: user
        expect: {text: b}
      - think: Two.
      """)
    house.post(["turn": "a", "as": "t1"], as: 10)
    house.post(["turn": "c", "after": "t1"], as: 11)
    #expect(house.failures.count == 1)
    #expect(!house.log.contains { $0.contains("ended early") || $0.contains("no steps left") })
  }

  @Test func `what an exchange did not live to see is told when it is over`() throws {
    var house = try House(
      """
      steps:
      - await: user
      - think: One.
      - wait: 5s
      - log: went on
      - await: user
      - log: never
      """)
    house.take(.opened(Request(method: "POST", target: "/plain", headers: [Header("key", "k")])), 9)
    #expect(!house.log.contains("went on"))
    house.take(.closed(nil, ""), 9)
    #expect(house.log.contains("went on"))
    #expect(!house.log.contains("never"))
  }

  @Test func `a script without an end stops no loop`() throws {
    var house = try House("steps: [{await: user}, {repeat: , steps: [{think: x}, {wait: 1s}]}]")
    house.take(.opened(Request(method: "POST", target: "/plain", headers: [Header("key", "k")])), 9)
    house.take(.closed(nil, ""), 9)
    #expect(house.stage.deadline(of: ConnectionID(number: 9)) == nil)
  }

  @Test func `a conversation nobody knows begins anew, and the log tells`() throws {
    var house = try House(text)
    #expect(said(house.post(["turn": "a", "after": "lost"], as: 10)) == ["One."])
    #expect(house.log.contains("'lost' is no conversation of this scenario: it begins anew"))
  }
}
