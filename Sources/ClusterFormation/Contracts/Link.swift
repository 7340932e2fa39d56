/// The connector's word with the cluster about one link.
public struct Link: Sendable {
    private let onClosed: @Sendable (String?) -> Void

    package init(onClosed: @escaping @Sendable (_ reason: String?) -> Void) {
        self.onClosed = onClosed
    }

    /// The link is gone; call it from anywhere, once or more often.
    ///
    /// - Parameter reason: What happened, for the log and the status. Nothing secret.
    public func closed(_ reason: String? = nil) {
        self.onClosed(reason)
    }
}
