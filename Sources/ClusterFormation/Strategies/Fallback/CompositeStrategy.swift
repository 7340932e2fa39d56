/// A strategy that is made of others.
///
/// A cluster runs the parts in its place: so what each of them says is kept apart in the status, the events and the metrics,
/// and a peer is known as long as one of them vouches for it.
package protocol CompositeStrategy: ClusterStrategy {
    /// The parts, made anew for each cluster.
    var parts: [any ClusterStrategy] { get }
}
