import JSON
import Testing

@Suite("Indented JSON") struct IndentedJSONTests {
  @Test func `two blanks a level, and a line feed at the end`() {
    let value: JSONValue = ["a": [1, ["b": "c\n"]], "d": nil, "e": [], "f": [:]]
    let lines = [
      "{", "  \"a\": [", "    1,", "    {", "      \"b\": \"c\\n\"", "    }", "  ],",
      "  \"d\": null,",
      "  \"e\": [],", "  \"f\": {}", "}", "",
    ]
    #expect(String(decoding: value.indented, as: UTF8.self) == lines.joined(separator: "\n"))
  }

  @Test func `it reads back as the same value`() throws {
    let value = try JSONValue(parsing: #"{"x":[{"y":[[],{},1.10,"é"]}],"z":{"w":true}}"#)
    #expect(try JSONValue(parsing: value.indented) == value)
  }
}
