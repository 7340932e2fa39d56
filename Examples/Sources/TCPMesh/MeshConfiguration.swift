/// The mesh's deadlines and limits.
public struct MeshConfiguration: Sendable {
    /// How long a handshake may take, name look-up and TCP included.
    ///
    /// Default: 5 s.
    public var handshakeTimeout: Duration = .seconds(5)

    /// How often a peer is asked whether it is there.
    ///
    /// Default: 2 s.
    public var pingInterval: Duration = .seconds(2)

    /// After how long without a word a link counts as dead.
    ///
    /// Default: 10 s.
    ///
    /// A process that is gone is noticed at once, by TCP. This is for a machine that lost its power, or a process that
    /// stands still.
    public var silenceLimit: Duration = .seconds(10)

    /// How many connections there may be, so that strangers can't use up the descriptors.
    ///
    /// Default: 1,024.
    public var maximumConnections: Int = 1_024

    /// How many frames may wait for a slow peer; a text that finds no room closes its link.
    ///
    /// Default: 256.
    public var outboxSize: Int = 256

    /// The defaults.
    public init() {}
}
