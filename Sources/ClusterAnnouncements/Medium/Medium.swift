/// What a medium can carry, how far its clock is to be trusted, and what it vouches for.
///
/// All but the first two properties are those of a server that every node is connected to, unless set: PostgreSQL's. A
/// medium that is a network says of itself what does not hold there.
public struct Medium: Hashable, Sendable {
    /// The longest payload in bytes.
    public var maximumPayloadBytes: Int

    /// How much older than the newest message of a session an honest one may be when it is heard.
    ///
    /// A message is made a moment before it is sent, and what is sent waits for its turn: the window covers both, and is
    /// the time in which a recording passes for the original. Where the nodes read clocks of their own, see
    /// ``hasClock``, it is by how much a sender's clock may differ from the listener's, in either direction
    /// (RFC 8945, section 10: 300 s).
    public var freshnessWindow: Duration

    /// Whether the medium tells the time, the same to all nodes.
    ///
    /// Default: true. Otherwise the moments of a session are by the node's own clock. A message is then let in when its
    /// moment is within ``freshnessWindow`` of the listener's time, and counts from when it was heard.
    public var hasClock = true

    /// Whether ``Notification/processID`` is the medium's word, which a sender can't forge.
    ///
    /// Default: true. Otherwise it is only what the sender says, and the numbers of its messages tell which of two came
    /// first.
    public var namesSenders = true

    /// Whether the medium can be asked which sessions live, with ``NotifierSession/presentSessions(ofCluster:)``.
    ///
    /// Default: true. Otherwise it is never asked, and what peers say of their sessions there is ignored.
    public var showsSessions = true

    /// Whether everything that the medium has taken is delivered once, to all, and in one order.
    ///
    /// Default: true. Otherwise a newcomer that nobody answers asks again a few times, and a roster may come after what its
    /// sender has said later.
    public var isReliable = true

    /// Whether a node that hears itself could hear everybody else.
    ///
    /// Default: true. Otherwise an echo proves the node's own machine alone: when all other machines fall silent together
    /// none of their nodes is given up, and the strategy is impaired with the code `isolated`. See
    /// ``Notification/isFromOutside``.
    public var echoProvesReach = true

    /// What it costs to deliver messages: answers to newcomers keep a distance by it.
    ///
    /// Default: what was measured of PostgreSQL.
    public var deliveryCost = DeliveryCost.postgres

    /// What the medium is called in what operators read.
    public var terms = MediumTerms()

    /// Describes a medium.
    public init(maximumPayloadBytes: Int, freshnessWindow: Duration) {
        self.maximumPayloadBytes = maximumPayloadBytes
        self.freshnessWindow = freshnessWindow
    }

    /// PostgreSQL's NOTIFY: 7,999 bytes (PostgreSQL manual, NOTIFY), and a window of 10 s.
    ///
    /// A statement is given up after 4 s, so that no honest message waits longer for its commit; the rest is for a node
    /// that is held up between making a message and sending it.
    public static let postgres: Medium = {
        var medium = Medium(maximumPayloadBytes: 7_999, freshnessWindow: .seconds(10))
        medium.terms = .postgres
        return medium
    }()
}
