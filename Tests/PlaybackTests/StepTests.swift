import JSON
import Testing
import VirtualTime
import Wire

@Suite("Steps: turns") struct TurnStepTests {
  @Test func `what stands between two awaits is one turn`() throws {
    var house = try House(
      """
      steps:
      - await: user
      - think: Hm.
      - say: One.
      - say: Two.
      - await: user
      - say: Three.
      """)
    house.open()
    house.send(["turn": "a"])
    house.run()
    house.send(["turn": "b"])
    house.run()
    #expect(
      house.news() == [
        #"{"think":"Hm."}"#, #"{"say":"One."}"#, #"{"say":"Two."}"#, #"{"end":"completed"}"#,
        #"{"say":"Three."}"#, #"{"end":"completed"}"#,
      ])
    #expect(house.log.contains("user turn (text) answers 'await: user' at x.yaml:3:3"))
  }

  @Test func `the server speaks first where the script does`() throws {
    var house = try House("steps: [{say: Welcome.}, {await: user}, {say: Yes?}]")
    house.open()
    house.run()
    #expect(house.news() == [#"{"say":"Welcome."}"#, #"{"end":"completed"}"#])
    house.send(["turn": "x"])
    house.run()
    #expect(house.news() == [#"{"say":"Yes?"}"#, #"{"end":"completed"}"#])
  }

  @Test func `an await without an answer is answered with nothing`() throws {
    var house = try House("steps: [{await: user}, {await: user}, {say: Now.}]")
    house.open()
    house.send(["turn": "x"])
    #expect(house.news() == [#"{"end":"completed"}"#])
    house.send(["turn": "x"])
    #expect(house.news() == [#"{"say":"Now."}"#])
  }

  @Test func `after the last step the model has nothing to say, and the log tells`() throws {
    var house = try House("steps: [{await: user}]")
    house.open()
    house.send(["turn": "x"])
    house.send(["turn": "y"])
    #expect(house.news() == [#"{"end":"completed"}"#, #"{"end":"completed"}"#])
    #expect(
      house.log.contains(
        "user turn (text), but the scenario has no steps left: the model answers with nothing"))
  }

  @Test func `a turn that comes while the model speaks is answered afterwards`() throws {
    var house = try House("steps: [{await: user}, {say: A.}, {await: user}, {say: B.}]")
    house.open()
    house.send(["turn": "1"])
    house.send(["turn": "2"])
    house.run()
    #expect(
      house.news() == [
        #"{"say":"A."}"#, #"{"end":"completed"}"#, #"{"say":"B."}"#, #"{"end":"completed"}"#,
      ])
  }

  @Test func `calls are made at once, and what follows waits for their results`() throws {
    var house = try House(
      """
      steps:
      - await: user
      - call:
        - {name: time, id: c1}
        - {name: weather, args: {city: "${user.text}", days: 2}}
      - await: tool_result
        expect: {output: {ok: true}}
        capture: {answer: "${result.output.value}"}
      - say: It is ${answer}.
      """)
    house.open()
    house.send(["turn": "Oslo"])
    #expect(
      house.news() == [
        #"{"call":[{"name":"time","args":{},"id":"c1"},"#
          + #"{"name":"weather","args":{"city":"Oslo","days":2},"id":null}]}"#,
        #"{"awaitResults":true}"#,
      ])
    house.send(["results": [["id": "c1", "name": "time", "output": ["ok": true, "value": 7]]]])
    house.run()
    #expect(house.news() == [#"{"say":"It is 7."}"#, #"{"end":"completed"}"#])
    #expect(house.failures == [])
  }

  @Test func `speech is transcribed as the step that hears it says`() throws {
    var house = try House(
      """
      defaults: {heard: Something.}
      steps:
      - await: user
        heard: Hello.
      - say: Hi.
      - await: user
        heard: {failed: audio_unintelligible}
      - await: user
      """)
    house.open()
    for _ in 0..<3 {
      house.send(["spoke": 1.5])
      house.run()
    }
    #expect(
      house.news() == [
        #"{"heard":"Hello."}"#, #"{"say":"Hi."}"#, #"{"end":"completed"}"#,
        #"{"unheard":"audio_unintelligible"}"#, #"{"end":"completed"}"#, #"{"heard":"Something."}"#,
        #"{"end":"completed"}"#,
      ])
  }

  @Test func `an interruption drops the rest of the turn`() throws {
    var house = try House(
      """
      steps:
      - await: user
      - say: One.
      - say: Two.
      - await: interruption
      - await: user
      - say: Three.
      """)
    house.open()
    house.send(["turn": "x"])
    house.send(["interrupt": true])
    house.send(["turn": "y"])
    house.run()
    #expect(
      house.news() == [#"{"say":"One."}"#, #"{"say":"Three."}"#, #"{"end":"completed"}"#])
  }

  @Test func `a turn is ended as the step says`() throws {
    var house = try House(
      """
      steps:
      - await: user
      - say: Cut
      - end_turn: {incomplete: max_tokens}
      - await: user
      - fail: server_error
      - await: user
      - say: Fine.
      """)
    house.open()
    for _ in 0..<3 {
      house.send(["turn": "x"])
      house.run()
    }
    #expect(
      house.news() == [
        #"{"say":"Cut"}"#, #"{"end":"incomplete(reason: \"max_tokens\")"}"#,
        #"{"fail":"server_error"}"#, #"{"say":"Fine."}"#, #"{"end":"completed"}"#,
      ])
  }

  @Test func `closing waits for the turn before it`() throws {
    var house = try House("steps: [{say: Bye.}, {close: {code: 1011, reason: over}}]")
    house.open()
    house.run()
    #expect(house.news() == [#"{"say":"Bye."}"#, #"{"end":"completed"}"#])
    #expect(house.commands.contains(.close(.internalError, "over")))
  }

  @Test func `every other step is a direction of its own`() throws {
    var house = try House(
      """
      steps:
      - await: user
      - execute: {code: print(1), output: "1"}
      - cancel_calls: [a]
      - cancel_calls:
      - go_away: 10s
      - send: {type: odd, text: "${user.text | upper}"}
      - interrupt:
      - await: user
      """)
    house.open()
    house.send(["turn": "x"])
    #expect(
      house.news() == [
        #"{"execute":"print(1) -> 1"}"#, #"{"cancel":["a"]}"#, #"{"cancel":[]}"#,
        #"{"goAway":10000}"#, #"{"send":{"type":"odd","text":"X"}}"#, #"{"interrupt":true}"#,
      ])
  }
}

@Suite("Steps: waiting and expecting") struct WaitingStepTests {
  @Test func `time passes as the pace says`() throws {
    for (pace, seconds) in [("service", 2), ("4x", 0), ("fast", 0)] {
      var house = try House("pace: \(pace)\nsteps: [{wait: 2s}, {send: 1}]")
      house.open()
      house.run()
      #expect(house.now.nanoseconds / 1_000_000_000 == seconds)
      #expect(house.news() == [#"{"send":1}"#])
    }
  }

  @Test func `a message of the wire is awaited, expected and captured`() throws {
    var house = try House(
      """
      steps:
      - await: {message: hello}
        expect: {hello: {version: {at_least: 2}}}
        capture: {name: "${message.hello.name}"}
      - send: {welcome: "${name}"}
      - await: {message: hello}
        expect: {hello: {name: {matches: "^[A-Z]"}}}
      - send: done
      """)
    house.open()
    house.send(["other": 1])
    house.send(["hello": ["version": 3, "name": "Ada"]])
    house.send(["hello": ["name": "bob"]])
    #expect(house.news() == [#"{"send":{"welcome":"Ada"}}"#, #"{"send":"done"}"#])
    #expect(
      house.failures == [
        #"x.yaml:7:3: hello.name: expected text that matches ^[A-Z], but found "bob""#
      ])
  }

  @Test func `what does not come in time is a failure, or has a consequence`() throws {
    var house = try House(
      """
      steps:
      - await: user
        within: 5s
      - await: user
        within: 3s
        otherwise:
        - say: Are you there?
      - await: user
      - say: Good.
      """)
    house.open()
    house.run(for: .seconds(6))
    #expect(house.failures == ["x.yaml:3:3: await: user did not come within 5s"])
    house.send(["turn": "late"])
    house.run(for: .seconds(2))
    #expect(house.news() == [#"{"end":"completed"}"#])
    house.run(for: .seconds(5))
    #expect(house.news() == [#"{"say":"Are you there?"}"#, #"{"end":"completed"}"#])
    house.send(["turn": "x"])
    #expect(house.news() == [#"{"say":"Good."}"#])
    #expect(house.failures.count == 1)
  }

  @Test func `a user's words are expected`() throws {
    var house = try House(
      "steps: [{await: user, expect: {text: {contains: weather}}}, {say: Sunny.}]")
    house.open()
    house.send(["turn": "the time"])
    #expect(
      house.failures == [
        #"x.yaml:2:10: text: expected something that contains "weather", but found "the time""#
      ])
    #expect(house.news() == [#"{"say":"Sunny."}"#])
  }
}

@Suite("Steps: control") struct ControlStepTests {
  @Test func `steps are repeated, run by name and chosen by rule`() throws {
    var house = try House(
      """
      scripts:
        goodbye:
        - say: Bye.
      steps:
      - repeat: 2
        steps:
        - await: user
        - choose:
          - when: {user: {contains: bye}}
            steps: [{run: goodbye}]
          otherwise:
          - say: "${user.text}?"
      - await: user
      - say: End.
      """)
    house.open()
    for text in ["one", "bye bye", "x"] {
      house.send(["turn": .string(text)])
      house.run()
    }
    #expect(
      house.news().filter { !$0.contains("end") } == [
        #"{"say":"one?"}"#, #"{"say":"Bye."}"#, #"{"say":"End."}"#,
      ])
  }

  @Test func `rules answer when no step is left, each as often as it says`() throws {
    var house = try House(
      """
      rules:
      - when: {user: {matches: "(?i)time"}}
        times: 1
        steps: [{say: Noon.}]
      - when: {turn: {at_least: 3}}
        steps: [{say: Enough.}]
      otherwise:
      - say: What?
      """)
    house.open()
    for text in ["Time?", "time", "x"] {
      house.send(["turn": .string(text)])
      house.run()
    }
    #expect(
      house.news().filter { !$0.contains("end") } == [
        #"{"say":"Noon."}"#, #"{"say":"What?"}"#, #"{"say":"Enough."}"#,
      ])
  }

  @Test func `a repetition without end goes on, and one that does nothing is stopped`() throws {
    var house = try House("steps: [{repeat: , steps: [{await: user}, {say: Again.}]}]")
    house.open()
    for _ in 0..<3 {
      house.send(["turn": "x"])
      house.run()
    }
    #expect(house.news().filter { $0.contains("Again") }.count == 3)

    var idle = try House("steps: [{repeat: 1000000, steps: [{set: {a: 1}}]}, {say: Never.}]")
    idle.open()
    #expect(idle.failures.first?.contains("turns without end") == true)
  }

  @Test func `values keep their type, and become text inside of text`() throws {
    var house = try House(
      """
      steps:
      - set: {count: 3, list: [1, two], note: null}
      - send: {count: "${count}", text: "n=${count}", list: "${list}", none: "${note}",
               second: "${list.1}", json: "${list | json}", coded: "${list.1 | base64}",
               number: "${count | number}", dollar: "$${count}"}
      - log: count is ${count}
      """)
    house.open()
    #expect(
      house.news() == [
        #"{"send":{"count":3,"text":"n=3","list":[1,"two"],"none":null,"second":"two","#
          + #""json":"[1,\"two\"]","coded":"dHdv","number":3,"dollar":"${count}"}}"#
      ])
    #expect(house.log.contains("count is 3"))
  }
}
