/// The chat's deadlines and limits.
public struct ChatConfiguration: Sendable {
    /// The longest text that a client may say, in bytes of UTF-8.
    ///
    /// Default: 1,000; at most `MeshTransport.longestText`. A client that says more is closed with the code 1009.
    public var longestText: Int = 1_000

    /// How many texts a second are taken from one client; it may say as many at once.
    ///
    /// Default: 20. A client that says more is read from more slowly.
    public var textsPerSecond: Int = 20

    /// How many texts may wait for a slow client before it is dropped.
    ///
    /// Default: 64.
    public var outboxSize: Int = 64

    /// How many connections there may be; more are closed as soon as they are there.
    ///
    /// Default: 1,024.
    public var mostConnections: Int = 1_024

    /// After how long without a word a connection is closed.
    ///
    /// Default: 60 s. Clients are asked in a third of it whether they are there, which browsers answer by themselves.
    public var silenceLimit: Duration = .seconds(60)

    /// The defaults.
    public init() {}
}
