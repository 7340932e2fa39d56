/// What operators read of a medium: each is a piece of a sentence, and none is a secret.
public struct MediumTerms: Hashable, Sendable {
    /// What somebody can do who can send on the channel, after "who may".
    ///
    /// Default: `use the medium`.
    public var access = "use the medium"

    /// What answers, or does not.
    ///
    /// Default: `medium`.
    public var counterpart = "medium"

    /// Whose clock the moments are by.
    ///
    /// Default: `medium`.
    public var clockOwner = "medium"

    /// What is to be looked after when no session can be opened, after "see whether".
    ///
    /// Default: `the medium can be reached`.
    public var reachability = "the medium can be reached"

    /// Why a node's own announcement may not come back: after a colon.
    ///
    /// Default: `the connection is half open, or the medium is frozen`.
    public var silence = "the connection is half open, or the medium is frozen"

    /// What to do when the medium takes announcements and does not deliver them: whole sentences.
    ///
    /// Default: `See what stands between.`
    public var undelivered = "See what stands between."

    /// Why messages may come that were made too long ago, or too far ahead: a whole sentence.
    public var staleness =
        "Messages come long after they were made: somebody repeats what was recorded, or a node was held up."

    /// Why no other machine is heard, and what to do about it: whole sentences.
    public var isolation = "See whether this machine is cut off from the others."

    /// The neutral terms.
    public init() {}

    static let postgres: MediumTerms = {
        var terms = MediumTerms()
        terms.access = "connect to the database"
        terms.counterpart = "server"
        terms.clockOwner = "database server"
        terms.reachability = "the database can be reached"
        terms.silence = "the connection is half open, the server is frozen, or the LISTEN is lost"
        terms.undelivered =
            "What stands between, or the server itself, does not pass notifications on. Connect to PostgreSQL directly."
        return terms
    }()
}
