import JSON
import Testing

@Suite("JSON: writing") struct JSONWriterTests {
  @Test func `escapes what must be escaped and nothing else`() {
    let value: JSONValue = ["a/b": "q\"\\\n\u{1}é"]
    #expect(value.description == #"{"a/b":"q\"\\\n\u0001é"}"#)
  }

  @Test func `whole floats keep their fraction`() {
    #expect(JSONValue.double(1).description == "1.0")
    #expect(JSONValue.double(0.8).description == "0.8")
  }

  @Test func `a large shared text is a piece of its own`() {
    let audio = SharedText([UInt8](repeating: 65, count: 5000))
    let pieces = JSONValue.object(["delta": .shared(audio), "n": 1]).encodedPieces
    #expect(pieces.count == 3)
    #expect(pieces[1] == audio.bytes)
    let text = String(decoding: pieces.joined(), as: UTF8.self)
    #expect(text == "{\"delta\":\"\(String(repeating: "A", count: 5000))\",\"n\":1}")
  }

  @Test func `a small shared text is written in line`() {
    #expect(JSONValue.object(["d": .shared(SharedText([65]))]).encodedPieces.count == 1)
  }

  @Test func `members are set, replaced and removed in place`() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["a"] = 3
    object["c"] = 4
    object["b"] = nil
    #expect(JSONValue.object(object).description == #"{"a":3,"c":4}"#)
  }
}

@Suite("Base64") struct Base64Tests {
  private let cases: [([UInt8], String)] = [
    ([], ""), ([102], "Zg=="), ([102, 111], "Zm8="), ([102, 111, 111], "Zm9v"),
    ([0xFB, 0xFF, 0xFE, 0x3E, 0x3F, 0xFF], "+//+Pj//"),
  ]

  @Test func `writes the standard alphabet with padding`() {
    for (bytes, text) in cases {
      #expect(String(decoding: Base64.encode(bytes), as: UTF8.self) == text)
    }
  }

  @Test func `reads both alphabets, padded or not`() {
    for (bytes, text) in cases {
      #expect(Base64.decode(text) == bytes)
      #expect(Base64.decode(String(text.filter { $0 != "=" })) == bytes)
    }
    #expect(Base64.decode("-__-Pj__") == [0xFB, 0xFF, 0xFE, 0x3E, 0x3F, 0xFF])
  }

  @Test(arguments: ["A", "AAAAA", "AA=A", "====", "A===", "Zm9v!", "Zm 9v", "é123", "Zm8=="])
  func `refuses what is no base64`(text: String) { #expect(Base64.decode(text) == nil) }

  @Test func `every length survives the round trip`() {
    for length in 0..<100 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
      #expect(Base64.decode(String(decoding: Base64.encode(bytes), as: UTF8.self)) == bytes)
    }
  }

  @Test func `lays a value out for readers`() {
    let value: JSONValue = ["a": [1, ["b": "c"]], "d": [:], "e": []]
    #expect(
      String(decoding: value.encoded(as: .pretty), as: UTF8.self) == """
        {
          "a": [
            1,
            {
              "b": "c"
            }
          ],
          "d": {},
          "e": []
        }
        """)
    #expect(
      String(decoding: value.encoded(as: .line), as: UTF8.self)
        == #"{"a": [1,{"b": "c"}],"d": {},"e": []}"#)
  }
}
