/// What a session is to be opened for.
public struct NotifierSessionRequest: Sendable {
    /// The channel to listen on and to send to.
    public var channel: String

    /// Whose session it is, in a few words that an operator may see in the server's list of sessions.
    public var applicationName: String

    /// The key under which the other nodes can see that this session lives, where the medium has such a thing.
    public var presence: PresenceKey

    /// Whether the session is to be seen under that key; an observer's is not.
    ///
    /// Default: true.
    public var showsPresence = true

    /// Makes a request.
    public init(channel: String, applicationName: String, presence: PresenceKey) {
        self.channel = channel
        self.applicationName = applicationName
        self.presence = presence
    }
}
