internal import CLibPQ

/// Where the server's notices go: nowhere, but for the word with which it ends an idle session.
final class NoticeSink {
    private(set) var fatal: LibPQError?

    /// Called by libpq on the thread that uses the connection.
    static let receive: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = { argument, result in
        guard let argument else { return }
        let diagnosis = Diagnosis(result)
        guard diagnosis.isFatal else { return }
        Unmanaged<NoticeSink>.fromOpaque(argument).takeUnretainedValue().fatal = LibPQError(
            .connectionLost,
            sqlState: diagnosis.sqlState,
            diagnosis.message ?? "the server ended the session"
        )
    }
}
