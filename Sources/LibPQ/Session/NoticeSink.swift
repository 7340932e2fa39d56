internal import CLibPQ

/// Where the server's notices go: nowhere, but for the word with which it ends an idle session, and its last warning.
final class NoticeSink {
    private(set) var fatal: LibPQError?
    private(set) var warning: String?

    /// Called by libpq on the thread that uses the connection.
    static let receive: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = { argument, result in
        guard let argument else { return }
        let diagnosis = Diagnosis(result)
        let sink = Unmanaged<NoticeSink>.fromOpaque(argument).takeUnretainedValue()
        if diagnosis.isWarning {
            sink.warning = [diagnosis.message, diagnosis.detail].compactMap { $0 }.joined(separator: ": ")
        }
        guard diagnosis.isFatal else { return }
        sink.fatal = LibPQError(
            .connectionLost,
            sqlState: diagnosis.sqlState,
            diagnosis.message ?? "the server ended the session"
        )
    }
}
