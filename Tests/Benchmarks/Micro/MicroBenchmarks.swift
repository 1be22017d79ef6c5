import Audio
import Conversation
import Glibc
import JSON
import OpenAIRealtime
import VirtualTime
import Wire

/// What one core does, by its processor time; the best of five runs.
@main enum MicroBenchmarks {
  /// 100 ms of PCM, as clients send it.
  private static let milliseconds = 100
  static let rounds = 20_000

  static func main() throws {
    try measureExchanges()
    measureAppending()
  }

  /// The path of the audio a client appends, step by step: megabytes of base64 text a second.
  private static func measureAppending() {
    let pcm = (0..<(24 * milliseconds)).flatMap { index -> [UInt8] in
      let sample = UInt16(index % 300)
      return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
    }
    let base64 = String(decoding: Base64.encode(pcm), as: UTF8.self)
    let event = Array(#"{"type":"input_audio_buffer.append","audio":"\#(base64)"}"#.utf8)
    let count = base64.utf8.count

    measure("decode base64", count) { _ = Base64.decode(base64) }
    var detector = SpeechDetector(
      rate: 24_000,
      settings: .init(
        windowMilliseconds: 32, thresholdDecibels: -35, startWindows: 1, silenceMilliseconds: 200))
    measure("detect speech", count) { _ = detector.listen(to: pcm) }
    measure("parse the event", count) { _ = Message(received: event, as: .text) }

    var namespace = Namespace(seed: 1, epoch: 0)
    var session = OpenAIRealtimeSession(settings: SessionSettings())
    let request = Request(
      target: "/v1/realtime?model=gpt-realtime", headers: [Header("Authorization", "Bearer k")])
    _ = session.receive(.opened(request), at: .start, in: &namespace)
    let message = Message(received: event, as: .text)
    measure("append: decode, keep, detect", count) {
      _ = session.receive(.message(message), at: .start, in: &namespace)
    }
    measure("parse and append", count) {
      let message = Message(received: event, as: .text)
      _ = session.receive(.message(message), at: .start, in: &namespace)
    }
  }

  private static func measure(_ name: String, _ bytes: Int, _ body: () -> Void) {
    let best = bestTime(body)
    report(name, "\(Int(Double(bytes * rounds) / best / 1e6)) MB/s")
  }

  /// The time of all rounds, in seconds.
  static func bestTime(_ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<5 {
      let start = processorTime
      for _ in 0..<rounds { body() }
      best = min(best, processorTime - start)
    }
    return best
  }

  static func report(_ name: String, _ figure: String) {
    print(name + String(repeating: " ", count: max(1, 30 - name.count)) + figure)
  }

  /// Of this thread, in seconds, so that other work on the machine does not count.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
