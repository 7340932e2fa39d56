internal import ClusterFormation

/// Which endpoints two living instances were heard to claim: each is reported once, and not without end, since a
/// stranger can make up as many as there are peers.
struct ConflictReports: Sendable {
    private static let most = 64

    private var reported: Set<Endpoint> = []

    /// Whether a conflict is to be reported now.
    mutating func isNew(at endpoint: Endpoint, isLocal: Bool) -> Bool {
        guard isLocal || self.reported.count < Self.most else { return false }
        return self.reported.insert(endpoint).inserted
    }
}
