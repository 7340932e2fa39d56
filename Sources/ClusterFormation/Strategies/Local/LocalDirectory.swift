internal import LocalFiles

/// Where the nodes of one host meet, and what their files are called.
enum LocalDirectory {
    /// The longest name of a directory on common systems is 255 bytes.
    private static let maximumNameBytes = 200

    /// The directory for a cluster: in the one that was given, else in the user's runtime directory, else in the temporary
    /// directory, where its name has the user in it.
    static func path(for cluster: String, in base: String?) -> String {
        if let base { return "\(base)/\(self.name(of: cluster))" }
        if let runtime = HostUser.runtimeDirectory { return "\(runtime)/cluster-formation-\(self.name(of: cluster))" }
        return "\(HostUser.temporaryDirectory)/cluster-formation-\(HostUser.id)-\(self.name(of: cluster))"
    }

    /// Two clusters may share a directory when their long names differ in the end only: each file tells its cluster.
    static func name(of cluster: String) -> String {
        let escaped = PercentText.escape(cluster)
        guard escaped.utf8.count > self.maximumNameBytes else { return escaped }
        // FNV-1a.
        let hash = cluster.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "\(escaped.prefix(self.maximumNameBytes - 17))-\(String(hash, radix: 16))"
    }

    /// The file that a node holds as long as it lives.
    static func file(of instance: InstanceID) -> String { "\(instance).node" }
    /// What becomes of it with a goodbye.
    static func goodbye(of instance: InstanceID) -> String { "\(instance).left" }
    /// What becomes of one that a dead node has left behind.
    static func remains(of instance: InstanceID) -> String { "\(instance).dead" }

    enum Kind { case file, goodbye, remains, draft }

    /// What a name stands for; nil for what is none of ours.
    static func read(_ name: String) -> (instance: InstanceID, kind: Kind)? {
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let instance = InstanceID(String(parts[0])) else { return nil }
        switch parts[1] {
        case "node": return (instance, .file)
        case "left": return (instance, .goodbye)
        case "dead": return (instance, .remains)
        case "node\(HostDirectory.draftSuffix)": return (instance, .draft)
        default: return nil
        }
    }
}
