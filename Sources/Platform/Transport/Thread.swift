import CSystem
import Glibc

/// A thread that runs one closure and can be joined.
final class Thread: Sendable {
  private let handle: pthread_t

  /// `name` is for debuggers; 15 characters at most.
  init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Body(name: name, run: body)).toOpaque()
    var handle = pthread_t()
    let result = pthread_create(
      &handle, nil,
      { pointer in
        guard let pointer else { return nil }
        let body = Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue()
        mockgem_name_thread(body.name)
        body.run()
        return nil
      }, box)
    precondition(result == 0, "no thread could be started")
    self.handle = handle
  }

  func join() { pthread_join(handle, nil) }

  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }
}
