/// The metadata keys that this module logs with.
enum PostgresLogKey {
    static let channel = "postgres.channel"
    static let delay = "postgres.retry_in"
    static let explanation = "postgres.explanation"
    static let peer = "cluster.peer"
    static let reason = "postgres.reason"
}
