#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One statement as libpq can send it.
struct Statement: Sendable {
    typealias ID = UInt64

    /// The protocol counts parameters in 16 bits.
    private static let maximumParameterCount = 65_535

    let id: ID
    let sql: String
    let parameters: [String?]
    let format: ResultFormat
    /// How long its answer may take, from its sending on.
    let timeout: Duration?

    /// - Throws: ``LibPQError`` when it can't be sent: libpq would cut a text at a NUL and send the rest of it without a
    ///   word.
    init(
        id: ID,
        sql: String,
        parameters: [String?] = [],
        format: ResultFormat = .text,
        timeout: Duration? = nil
    ) throws(LibPQError) {
        guard parameters.count <= Self.maximumParameterCount else {
            throw LibPQError(
                .invalidArgument,
                "a statement has at most \(Self.maximumParameterCount) parameters; this one has \(parameters.count)"
            )
        }
        guard !Self.hasNUL(sql), !parameters.contains(where: { $0.map(Self.hasNUL) ?? false }) else {
            throw LibPQError(.invalidArgument, "PostgreSQL takes no text with a NUL in it")
        }
        self.id = id
        self.sql = sql
        self.parameters = parameters
        self.format = format
        self.timeout = timeout
    }

    private static func hasNUL(_ text: String) -> Bool {
        // A large parameter is looked through on the loop: at the speed of memory.
        text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        } ?? text.utf8.contains(0)
    }
}
