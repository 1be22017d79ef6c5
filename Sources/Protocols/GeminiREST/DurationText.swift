extension Duration {
  /// `300s` and `1.5s` of protobuf, and the units `ms`, `m` and `h` that scenarios use besides.
  init?(text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600]
    guard let value = Double(number), let unit = units[String(text.dropFirst(number.count))],
      value * unit < 1e9
    else { return nil }
    self = .nanoseconds(Int64((value * unit * 1e9).rounded()))
  }
}
