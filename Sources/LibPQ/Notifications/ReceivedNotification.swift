/// One notification, as libpq hands it out.
package struct ReceivedNotification: Sendable {
    /// What is not UTF-8 in it is replaced.
    package let payload: String
    /// The sender's server process.
    package let processID: Int32

    /// What it costs in a buffer: its payload, and about as much as the structure and its string's head take.
    var byteCount: Int { self.payload.utf8.count + 64 }
}
