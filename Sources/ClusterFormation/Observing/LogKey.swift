/// The metadata keys that this library logs with.
package enum LogKey {
    package static let channel = "cluster.channel"
    package static let cluster = "cluster.name"
    package static let code = "cluster.code"
    package static let connector = "cluster.connector"
    package static let delay = "cluster.retry_in"
    package static let explanation = "cluster.explanation"
    package static let failures = "cluster.failures"
    package static let instance = "cluster.instance"
    package static let known = "cluster.peers.known"
    package static let connected = "cluster.peers.connected"
    package static let peer = "cluster.peer"
    package static let reason = "cluster.reason"
    package static let strategy = "cluster.strategy"
    package static let suppressed = "cluster.suppressed"
}
