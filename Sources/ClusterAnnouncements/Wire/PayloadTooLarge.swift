/// A message that no payload can carry; its metadata is too long.
package struct PayloadTooLarge: Error, Hashable, Sendable {
    /// How many bytes the message needs.
    package var bytes: Int
    /// How many a payload has.
    package var limit: Int

    package init(bytes: Int, limit: Int) {
        self.bytes = bytes
        self.limit = limit
    }
}
