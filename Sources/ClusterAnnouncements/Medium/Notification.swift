/// One notification, as it was heard.
public struct Notification: Hashable, Sendable {
    /// The channel.
    public var channel: String
    /// The payload; what is not UTF-8 in it is replaced.
    public var payload: String
    /// The sender's session, as the medium says; whether a sender can forge it, see ``Medium/namesSenders``.
    public var processID: Int32
    /// Whether it has come from another machine, so that the way between the two works.
    ///
    /// It matters where ``Medium/echoProvesReach`` is false. True unless set.
    public var isFromOutside: Bool

    /// Makes a notification.
    public init(channel: String, payload: String, processID: Int32, isFromOutside: Bool = true) {
        self.channel = channel
        self.payload = payload
        self.processID = processID
        self.isFromOutside = isFromOutside
    }
}
