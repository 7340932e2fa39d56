/// How a process ended.
package struct NodeExit: Equatable, Sendable {
    package var status: Int32
    package var wasKilled: Bool

    package init(status: Int32, wasKilled: Bool) {
        (self.status, self.wasKilled) = (status, wasKilled)
    }
}
