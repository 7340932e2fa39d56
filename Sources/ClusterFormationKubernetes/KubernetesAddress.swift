/// What of a peer becomes the host of its endpoint.
public struct KubernetesAddress: Hashable, Sendable, CustomStringConvertible {
    enum Wrapped: String, Hashable, Sendable { case ip, podName, hostname }

    let wrapped: Wrapped

    /// Its address, such as `10.244.1.7`.
    public static let ip = KubernetesAddress(wrapped: .ip)

    /// The DNS name that its address has, such as `10-244-1-7.shop.pod.cluster.local`.
    ///
    /// For transports that check a certificate's name. Not every name server of Kubernetes is set up to answer for them.
    public static let podName = KubernetesAddress(wrapped: .podName)

    /// Its own name under its service's, such as `orders-0.orders.shop.svc.cluster.local`.
    ///
    /// For the pods of a StatefulSet, whose names outlive a restart. Who has no such name is left out.
    public static let hostname = KubernetesAddress(wrapped: .hostname)

    /// The choice's name.
    public var description: String { self.wrapped.rawValue }
}
