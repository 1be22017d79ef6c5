@main enum Mockgem {
  static func main() {}
}
