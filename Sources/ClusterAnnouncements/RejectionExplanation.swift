/// What an operator is told about a kind of dropped message, where there is something to do about it.
enum RejectionExplanation {
    static let text: [String: String] = [
        "malformed": "Something else uses the channel, or somebody tampers with it; choose another channel.",
        "oversized": "Somebody sends what no node sends; see who may connect to the database.",
        "foreign_cluster": "Another cluster uses the channel; give each a channel of its own.",
        "unsupported_version": "A node runs a version of this library with another wire format; bring them together.",
        "unsealed": "A node announces itself without a key; give it the cluster's key.",
        "sealed": "A node seals its announcements and this one has no key; give it the cluster's key.",
        "unknown_key":
            "A node uses a key that this one does not have; add it to the accepted keys until all have changed.",
        "wrong_seal": "Somebody without the key sends messages, or the key file is damaged.",
        "invalid_field":
            "A node sends a field that makes no sense; see its version, and who may connect to the database.",
        "foreign_session":
            "Messages come from other sessions than they were made for: somebody repeats what was recorded or forwards it "
            + "from another database; see who may connect to the database.",
        "stale":
            "Messages come long after they were made: somebody repeats what was recorded, or a node was held up.",
        "impostor": "Somebody speaks for another node from a session of their own; set a key.",
        "crowded_session": "One session announces many nodes, as no node does; see who may connect to the database.",
        "table_full":
            "More peers than maximumPeers announce themselves; raise it, or see who may connect to the database.",
    ]
}
