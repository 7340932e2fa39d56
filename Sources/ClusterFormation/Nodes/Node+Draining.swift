extension Node {
    /// The metadata key with which a node asks for no new work: `draining`.
    ///
    /// What this library hands out of peers honours it: ``Owners`` and name resolvers leave such a node out as long as
    /// there is another one. It stays known and connected, so that what goes on there can end.
    public static let drainingKey = "draining"

    /// Whether the node asks for no new work: its metadata has ``drainingKey`` with the value `true`.
    public var isDraining: Bool {
        get { self.metadata[Self.drainingKey] == "true" }
        set { self.metadata[Self.drainingKey] = newValue ? "true" : nil }
    }
}
