import JSON
import Testing

@Suite("JSON: reading") struct JSONParserTests {
  @Test func `keeps member order and the text of numbers`() throws {
    let text = #"{"b":1.10,"a":[1e2,-0,12345678901234567890]}"#
    #expect(try JSONValue(parsing: text).description == text)
  }

  @Test func `reads every escape, and pairs of surrogates`() throws {
    let value = try JSONValue(parsing: #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#)
    #expect(value == "\"\\/\u{8}\u{c}\n\r\té😀")
  }

  @Test func `a lone surrogate becomes the replacement character`() throws {
    #expect(try JSONValue(parsing: #""\ud800x""#) == "\u{FFFD}x")
  }

  @Test(arguments: [
    ("", "unexpected end at line 1 column 1"),
    ("{", "expected a member name at line 1 column 2"),
    ("[1,]", "unexpected character at line 1 column 4"),
    ("{\"a\" 1}", "expected ':' at line 1 column 6"),
    ("[1 2]", "expected ',' or the closing bracket at line 1 column 4"),
    ("01", "unexpected text after the value at line 1 column 2"),
    ("1.", "expected a digit at line 1 column 3"),
    ("-", "expected a digit at line 1 column 2"),
    ("tru", "unexpected character at line 1 column 4"),
    ("\"a", "unexpected end in a string at line 1 column 3"),
    ("\"\u{1}\"", "unescaped control character in a string at line 1 column 2"),
    ("\"\\x\"", "unknown escape in a string at line 1 column 3"),
    ("\"\\u12g4\"", "expected four hexadecimal digits at line 1 column 6"),
    ("{\n  \"a\": nul\n}", "unexpected character at line 2 column 11"),
    ("[1] x", "unexpected text after the value at line 1 column 5"),
  ])
  func `says what is wrong and where`(text: String, message: String) {
    #expect {
      try JSONValue(parsing: text)
    } throws: {
      "\($0)" == message
    }
  }

  @Test func `refuses to nest without end`() {
    let deep = String(repeating: "[", count: 513) + String(repeating: "]", count: 513)
    let good = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    #expect(throws: Never.self) { try JSONValue(parsing: good) }
  }

  @Test func `of a repeated name the last counts`() throws {
    #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#)["a"] == 2)
  }

  @Test(arguments: [("40", 40), ("40.0", 40), ("4e1", 40), ("-7", -7)])
  func `whole numbers are integers however they are spelt`(text: String, number: Int) throws {
    #expect(try JSONValue(parsing: text).integer == number)
  }

  @Test func `a fraction is no integer`() throws {
    #expect(try JSONValue(parsing: "40.5").integer == nil)
    #expect(try JSONValue(parsing: "40.5").double == 40.5)
  }

  @Test(arguments: [
    ("{'file': {'display_name': 'AUDIO',},}", #"{"file":{"display_name":"AUDIO"}}"#),
    ("[1, 2, ]", "[1,2]"),
    (
      "{name_1: \"it's\", 'b': 'a \"quote\" and \\' too'}",
      #"{"name_1":"it's","b":"a \"quote\" and ' too"}"#
    ),
  ])
  func `reads the legacy syntax of protobuf where it is asked to`(
    text: String, strict: String
  ) throws {
    #expect(try JSONValue(parsing: Array(text.utf8), as: .protobuf).description == strict)
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test(arguments: ["[,]", "{,}", "[1,,2]", "{'a': }", "{'a' 1}", "['a]", "{a b: 1}", "[True]"])
  func `refuses what protobuf refuses`(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8), as: .protobuf) }
  }
}
