import Testing
import VirtualTime

@Suite("Timestamps") struct TimestampTests {
  @Test(
    "a moment is written as RFC 3339 has it, and read back",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (951_782_400, "2000-02-29T00:00:00.000000Z"),
      (1_790_000_000, "2026-09-21T14:13:20.000000Z"),
      (4_102_444_799, "2099-12-31T23:59:59.000000Z"),
    ])
  func text(seconds: Int64, text: String) {
    #expect(Timestamp(seconds: seconds).text == text)
    #expect(Timestamp(text) == Timestamp(seconds: seconds))
  }

  @Test("as many digits of the second as are asked for")
  func digits() {
    let moment = Timestamp(nanoseconds: 1_234_567_891)
    #expect(moment.text(digits: 0) == "1970-01-01T00:00:01Z")
    #expect(moment.text(digits: 3) == "1970-01-01T00:00:01.234Z")
    #expect(moment.text(digits: 9) == "1970-01-01T00:00:01.234567891Z")
    #expect(moment.milliseconds == 1234)
  }

  @Test("offsets and every separator are read")
  func offsets() {
    let moment = Timestamp("1985-04-12T23:20:50.52Z")
    #expect(moment == Timestamp("1985-04-13T01:20:50.52+02:00"))
    #expect(moment == Timestamp("1985-04-12t15:20:50.520-08:00"))
    #expect(moment == Timestamp("1985-04-12 23:20:50.52z"))
  }

  @Test(
    "what is no moment is nil",
    arguments: [
      "", "1985-04-12", "1985-04-12T23:20:50", "1985-04-12x23:20:50Z", "1985-13-12T23:20:50Z",
      "1985-04-12T24:20:50Z", "1985-04-12T23:20:50.Z", "1985-04-12T23:20:50+2:00",
      "2262-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
    ])
  func noMoment(text: String) { #expect(Timestamp(text) == nil) }

  @Test("headers have dates of their own (RFC 9110, 5.6.7)")
  func httpDate() {
    #expect(Timestamp(seconds: 784_111_777).httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(Timestamp(seconds: 0).httpDate == "Thu, 01 Jan 1970 00:00:00 GMT")
  }

  @Test("a moment beyond what can be told stays the last one")
  func overflow() {
    #expect(Timestamp(seconds: .max).nanoseconds == .max)
    #expect(Timestamp(seconds: .max).text.hasPrefix("2262-04-11T"))
  }
}
