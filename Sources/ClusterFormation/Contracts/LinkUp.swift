/// What a connector says when a link is up, by calling it: `isUp()`.
public struct LinkUp: Sendable {
    package let call: LinkCall

    package init(_ call: LinkCall) {
        self.call = call
    }

    /// One for a test of a connector, without a cluster: cancel the connector's task to end the link.
    public init(_ onUp: @escaping @Sendable () -> Void) {
        self.init(LinkCall(isAttended: false) { _ in onUp() })
    }

    /// The link is up; to be said once, anything after that is ignored.
    public func callAsFunction() {
        self.call.up()
    }

    /// Why the cluster ends the link; nil while it does not.
    ///
    /// It is there before the task is cancelled, unless what is cancelled is a connect that takes too long or is not
    /// wanted any more.
    public var endReason: DisconnectReason? { self.call.endReason }
}
