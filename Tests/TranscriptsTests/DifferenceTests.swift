import JSON
import Testing
import Transcripts

@Suite("Transcript difference") struct DifferenceTests {
  private func transcript(_ lines: [String]) throws -> Transcript {
    try Transcript(parsing: Array(lines.joined(separator: "\n").utf8))
  }

  private func difference(
    _ expected: [String], _ actual: [String], order: TranscriptDifference.Order = .total
  ) throws -> String {
    TranscriptDifference(
      expected: try transcript(expected), actual: try transcript(actual), order: order
    ).description
  }

  private func server(_ members: String) -> String {
    #"{"at":0,"from":"server","message":{\#(members)}}"#
  }

  private func client(_ members: String) -> String {
    #"{"at":0,"from":"client","message":{\#(members)}}"#
  }

  private func audio(_ milliseconds: Int, _ digest: String, rate: Int = 24_000) -> String {
    client(
      #""type":"append","audio":{"rate":\#(rate),"ms":\#(milliseconds),"bytes":1,"digest":"\#(digest)"}"#
    )
  }

  @Test func `an event that is missing or new is named`() throws {
    let first = server(#""type":"a""#)
    let second = server(#""type":"b","n":1"#)
    #expect(try difference([first, second], [first]) == "- line 2: server b is missing")
    #expect(
      try difference([first], [first, second])
        == #"+ line 2: server b is new: {"type":"b","n":1}"#)
  }

  @Test func `a field that changed is named by its path`() throws {
    let old = server(#""type":"a","x":{"list":[1,2]},"gone":true"#)
    let new = server(#""type":"a","x":{"list":[1,3]},"more":"y""#)
    #expect(
      try difference([old], [new]) == """
        ~ line 1: server a changed
            x.list[1]: expected 2, found 3
            gone: true is missing
            more: "y" is new
        """)
  }

  @Test func `an event that moved is told once`() throws {
    let lines = ["a", "b", "c", "d"].map { server(#""type":"\#($0)""#) }
    #expect(
      try difference(lines, [lines[1], lines[2], lines[3], lines[0]])
        == "> line 1: server a moved to line 4")
  }

  @Test func `audio is compared by length, rate and digest`() throws {
    let start = client(#""type":"start""#)
    #expect(
      try difference([start, audio(300, "x")], [start, audio(180, "y")]) == """
        ~ line 2: client append changed
            audio: audio shorter by 120 ms
        """)
    #expect(
      try difference([audio(300, "x")], [audio(300, "y")])
        .hasSuffix("audio: audio of the same length, but its digest differs"))
    #expect(
      try difference([audio(300, "x")], [audio(300, "x", rate: 16_000)])
        .hasSuffix("audio: audio of 16000 Hz, expected 24000 Hz"))
  }

  @Test func `a stream of audio is one event`() throws {
    let whole = [audio(100, "a"), audio(100, "b"), audio(100, "c")]
    #expect(try difference(whole, whole) == "")
    #expect(
      try difference(whole, Array(whole.dropLast())) == """
        ~ line 1: client append x3 changed
            audio shorter by 100 ms
        """)
  }

  @Test func `one event more does not change the count of those that follow`() throws {
    func event(_ type: String, _ letter: String) -> String {
      let id = "event_" + String(repeating: letter, count: 12)
      return server(#""type":"\#(type)","event_id":"\#(id)""#)
    }
    let old = [event("a", "A"), event("b", "B")]
    let new = [event("a", "C"), event("x", "D"), event("b", "E")]
    #expect(
      try difference(old, new)
        == ##"+ line 2: server x is new: {"type":"x","event_id":"event#2"}"##)
  }

  @Test func `a message about another item than before is noticed`() throws {
    func item(_ type: String, _ letter: String) -> String {
      server(#""type":"\#(type)","item":"item_\#(String(repeating: letter, count: 12))""#)
    }
    let old = [item("added", "A"), item("added", "B"), item("done", "B")]
    let new = [item("added", "A"), item("added", "B"), item("done", "A")]
    #expect(
      try difference(old, new) == ##"""
        ~ line 3: server done changed
            item: expected "item#2", found "item#1"
        """##)
  }

  @Test func `how the sides mesh may be left out`() throws {
    let lines = [client(#""type":"c""#), server(#""type":"s""#)]
    #expect(try difference(lines, lines.reversed()) != "")
    #expect(try difference(lines, lines.reversed(), order: .sides) == "")
  }
}
