/// One notification, as it was heard.
public struct Notification: Hashable, Sendable {
    /// The channel.
    public var channel: String
    /// The payload; what is not UTF-8 in it is replaced.
    public var payload: String
    /// The sender's session on the server, as the server says; a sender can't forge it.
    public var processID: Int32

    /// Makes a notification.
    public init(channel: String, payload: String, processID: Int32) {
        self.channel = channel
        self.payload = payload
        self.processID = processID
    }
}
