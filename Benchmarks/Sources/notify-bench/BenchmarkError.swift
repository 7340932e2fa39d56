internal import ClusterAnnouncements

enum BenchmarkError: Error {
    case baselineFailed
    case notificationsLost
    case notBuffered
}

extension NotifierSessionRequest {
    static func benchmark(_ channel: String) -> NotifierSessionRequest {
        NotifierSessionRequest(
            channel: channel,
            applicationName: "notify-bench",
            presence: PresenceKey(cluster: 1, instance: 1)
        )
    }
}
