#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Starts threads of our own, for work that may block.
enum BackgroundThread {
    private final class Start {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    #if canImport(Darwin)
        typealias ID = pthread_t?
    #else
        typealias ID = pthread_t
    #endif

    /// Starts a detached thread that runs `body` and ends; nil when the system gives no thread.
    ///
    /// It takes no signals: those are for the application's own threads.
    @discardableResult
    static func start(_ body: @escaping @Sendable () -> Void) -> ID? {
        let start = Unmanaged.passRetained(Start(body))
        #if canImport(Darwin)
            var id: pthread_t?
        #else
            var id = pthread_t()
        #endif

        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

        let status = pthread_create(&id, nil, Self.main, start.toOpaque())
        guard status == 0 else {
            start.release()
            return nil
        }
        #if canImport(Darwin)
            if let id { pthread_detach(id) }
        #else
            pthread_detach(id)
        #endif
        return .some(id)
    }

    #if canImport(Darwin)
        private static let main: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { Self.run($0) }
    #else
        private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            guard let argument else { return nil }
            return Self.run(argument)
        }
    #endif

    private static func run(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        start.body()
        return nil
    }
}
