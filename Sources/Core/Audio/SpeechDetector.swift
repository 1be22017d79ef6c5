/// Finds speech in a stream of PCM by its energy, on the clock of the audio itself.
///
/// The stream is cut into windows. A window is voiced when its RMS level reaches the threshold.
/// Speech starts when the required number of voiced windows have come in a row, and ends when the
/// required silence has passed without one. Wall time plays no part: what has not been sent has
/// not happened.
package struct SpeechDetector: Hashable, Sendable {
  package struct Settings: Hashable, Sendable {
    /// Length of a window. OpenAI's reported times lie on a 32 ms grid.
    package var windowMilliseconds: Int
    /// RMS level of a voiced window, in dB below full scale (negative).
    package var thresholdDecibels: Double
    /// Voiced windows in a row before speech has started.
    package var startWindows: Int
    /// Silence before speech has ended.
    package var silenceMilliseconds: Int

    package init(
      windowMilliseconds: Int, thresholdDecibels: Double, startWindows: Int,
      silenceMilliseconds: Int
    ) {
      self.windowMilliseconds = windowMilliseconds
      self.thresholdDecibels = thresholdDecibels
      self.startWindows = startWindows
      self.silenceMilliseconds = silenceMilliseconds
    }
  }

  /// Times count from the beginning of the stream, in milliseconds.
  package enum Change: Hashable, Sendable {
    /// `at` is where the first voiced window of the run begins.
    case started(at: Int)
    /// `at` is the end of the window that completed the silence, so it includes the silence.
    case ended(at: Int)
  }

  package private(set) var isSpeech = false
  package var settings: Settings
  private var rate: Int
  private var windows = 0
  private var voicedRun = 0
  private var silentRun = 0
  private var energy = 0.0
  private var samples = 0
  private var lowByte: UInt8?

  /// `rate` is in samples per second.
  package init(rate: Int, settings: Settings) {
    self.rate = rate
    self.settings = settings
  }

  /// How much audio came in so far, in milliseconds of whole windows.
  package var heardMilliseconds: Int { windows * settings.windowMilliseconds }

  /// The stream goes on at another rate; a window begun is forgotten.
  package mutating func change(rate: Int) {
    guard rate != self.rate else { return }
    self.rate = rate
    energy = 0
    samples = 0
    lowByte = nil
  }

  /// Takes signed 16-bit little-endian samples; a sample may be split between calls.
  package mutating func listen(to bytes: [UInt8]) -> [Change] {
    var changes: [Change] = []
    var index = 0
    if let low = lowByte, let high = bytes.first {
      lowByte = nil
      index = 1
      add(low, high, to: &changes)
    }
    let span = bytes.span
    let samplesPerWindow = rate * settings.windowMilliseconds / 1000
    while index + 1 < span.count {
      let pairs = min((span.count - index) / 2, samplesPerWindow - samples)
      energy += Double(Self.energy(of: span.extracting(index..<index + 2 * pairs)))
      samples += pairs
      index += 2 * pairs
      if samples == samplesPerWindow { closeWindow(into: &changes) }
    }
    if index < span.count { lowByte = span[index] }
    return changes
  }

  /// The sum of the squares of 16-bit samples.
  private static func energy(of bytes: Span<UInt8>) -> Int64 {
    var sum: Int64 = 0
    var index = 0
    while index + 1 < bytes.count {
      let sample = Int32(Int16(bitPattern: UInt16(bytes[index + 1]) << 8 | UInt16(bytes[index])))
      sum &+= Int64(sample &* sample)
      index += 2
    }
    return sum
  }

  /// Ends the speech that is under way, as the end of a stream does. True when there was some.
  package mutating func stop() -> Bool {
    defer {
      isSpeech = false
      voicedRun = 0
      silentRun = 0
    }
    return isSpeech
  }

  private mutating func add(_ low: UInt8, _ high: UInt8, to changes: inout [Change]) {
    let sample = Double(Int16(bitPattern: UInt16(high) << 8 | UInt16(low)))
    energy += sample * sample
    samples += 1
    if samples == rate * settings.windowMilliseconds / 1000 { closeWindow(into: &changes) }
  }

  private mutating func closeWindow(into changes: inout [Change]) {
    let isVoiced = energy >= meanSquareMin * Double(samples)
    energy = 0
    samples = 0
    windows += 1
    voicedRun = isVoiced ? voicedRun + 1 : 0
    silentRun = isVoiced ? 0 : silentRun + 1
    if !isSpeech, voicedRun >= settings.startWindows {
      isSpeech = true
      changes.append(.started(at: (windows - voicedRun) * settings.windowMilliseconds))
    } else if isSpeech, silentRun * settings.windowMilliseconds >= settings.silenceMilliseconds {
      isSpeech = false
      changes.append(.ended(at: heardMilliseconds))
    }
  }

  /// The threshold as a mean square of 16-bit samples.
  private var meanSquareMin: Double {
    32768.0 * 32768.0 * power(of: settings.thresholdDecibels)
  }
}

/// 10^(decibels / 10), without a maths library: Core imports none.
private func power(of decibels: Double) -> Double {
  // e^x by its series around 0 after halving the exponent ten times; exact to ten digits.
  let exponent = decibels / 10 * 2.302585092994046 / 1024
  var term = 1.0
  var sum = 1.0
  for step in 1...8 {
    term *= exponent / Double(step)
    sum += term
  }
  for _ in 0..<10 { sum *= sum }
  return sum
}
