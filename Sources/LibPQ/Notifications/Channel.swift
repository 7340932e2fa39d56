/// The rules for names of NOTIFY channels.
package enum Channel {
    /// The server cuts longer names in LISTEN without a word, and refuses them in pg_notify().
    package static let maximumLength = 63

    /// - Throws: ``LibPQError`` that says what is wrong with the name.
    package static func check(_ name: String) throws(LibPQError) {
        let bytes = name.utf8
        guard !bytes.isEmpty else { throw LibPQError(.invalidArgument, "a channel's name can't be empty") }
        guard bytes.count <= Self.maximumLength else {
            throw LibPQError(
                .invalidArgument,
                "a channel's name has at most \(Self.maximumLength) bytes; this one has \(bytes.count)"
            )
        }
        guard !bytes.contains(0) else { throw LibPQError(.invalidArgument, "a channel's name can't have a NUL in it") }
    }
}
