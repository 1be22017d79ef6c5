import Audio
import Conversation
import GeminiLive
import JSON
import Testing
import Wire

/// How the values of messages are spelt (ProtoJSON).
@Suite("Gemini Live: scalars") struct ScalarTests {
  private func closing(_ setup: String, isStrict: Bool = true) -> Output? {
    var driver = Driver(settings: SessionSettings(isStrict: isStrict))
    driver.send(text: #"{"setup":{"model":"models/gemini-3.8-live",\#(setup)}}"#)
    return driver.closes.first
  }

  @Test(arguments: ["40", "40.0", "4e1", #""40""#, #""40.0""#])
  func `an integer may be spelt in many ways`(topK: String) {
    #expect(closing(#""generationConfig":{"topK":\#(topK)}"#) == nil)
  }

  @Test(arguments: ["40.5", #""40.5""#, #""many""#, "true", "2147483648", "1e300"])
  func `what is no integer of 32 bits is refused where it stands`(topK: String) {
    #expect(
      closing(#""generationConfig":{"topK":\#(topK)}"#)
        == .close(.invalidPayload, "Invalid value at 'setup.generation_config.top_k'"))
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775808", "2147483648", "-1"])
  func `milliseconds of any size are refused, or left out by a lenient scenario`(number: String) {
    for field in ["prefixPaddingMs", "silenceDurationMs"] {
      let setup = #""realtimeInputConfig":{"automaticActivityDetection":{"\#(field)":\#(number)}}"#
      #expect(closing(setup) != nil)
      #expect(closing(setup, isStrict: false) == nil)
    }
  }

  @Test func `tokens may need 64 bits, and a number may be a string`() {
    #expect(
      closing(
        #""contextWindowCompression":{"triggerTokens":"9223372036854775807"},"#
          + #""generationConfig":{"temperature":"0.5"}"#) == nil)
    #expect(
      closing(#""generationConfig":{"temperature":1e999}"#)
        == .close(.invalidPayload, "Invalid value at 'setup.generation_config.temperature'"))
  }

  @Test func `an enum may be a number, of those there are`() {
    #expect(closing(#""generationConfig":{"responseModalities":[3]}"#) == nil)
    for value in ["9", #""SMELL""#] {
      #expect(
        closing(#""generationConfig":{"responseModalities":[\#(value)]}"#)
          == .close(
            .invalidPayload, "Invalid value at 'setup.generation_config.response_modalities[0]'"))
    }
  }

  @Test func `a name of 64 KiB does not fill the log`() {
    let name = String(repeating: "x", count: 1 << 16)
    for isStrict in [true, false] {
      var driver = Driver(settings: SessionSettings(isStrict: isStrict))
      driver.send(["setup": ["model": "m", name: 1]])
      driver.send(["realtimeInput": ["audio": ["mimeType": .string(name), "data": "AAAA"]]])
      #expect(!driver.explanations.isEmpty)
      #expect(driver.explanations.allSatisfy { $0.utf8.count <= 1100 })
    }
  }

  @Test func `a clip without sound is a turn without sound`() {
    var driver = Driver.ready(
      answers: [[.say(Speech(text: "Hi.", audio: AudioClip(name: "empty", bytes: [])))]])
    driver.send(["realtimeInput": ["text": "Hi"]])
    driver.run()
    #expect(driver.frames.contains { $0["serverContent"]?["turnComplete"] == true })
  }
}
