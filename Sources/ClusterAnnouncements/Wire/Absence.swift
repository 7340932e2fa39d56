package import ClusterFormation

/// The instances whose sessions the medium did not show at a moment.
package struct Absence: Hashable, Sendable {
    package var instances: [InstanceID]
    /// When the sender looked: what was heard of an instance since then counts more.
    package var seenAt: Moment

    package init(instances: [InstanceID], seenAt: Moment) {
        self.instances = instances
        self.seenAt = seenAt
    }
}
