/// What an operator is told about a kind of dropped message, where there is something to do about it.
enum RejectionExplanation {
    static func text(of reason: String, on terms: MediumTerms) -> String? {
        switch reason {
        case "malformed":
            "Something else uses the channel, or somebody tampers with it; choose another channel."
        case "oversized":
            "Somebody sends what no node sends; see who may \(terms.access)."
        case "foreign_cluster":
            "Another cluster uses the channel; give each a channel of its own."
        case "unsupported_version":
            "A node runs a version of this library with another wire format; bring them together."
        case "unsealed":
            "A node announces itself without a key; give it the cluster's key."
        case "sealed":
            "A node seals its announcements and this one has no key; give it the cluster's key."
        case "unknown_key":
            "A node uses a key that this one does not have; add it to the accepted keys until all have changed."
        case "wrong_seal":
            "Somebody without the key sends messages, or the key file is damaged."
        case "invalid_field":
            "A node sends a field that makes no sense; see its version, and who may \(terms.access)."
        case "foreign_session":
            "Messages come from other sessions than they were made for: somebody repeats what was recorded or forwards it "
                + "from elsewhere; see who may \(terms.access)."
        case "stale":
            terms.staleness
        case "impostor":
            "Somebody speaks for another node from a session of their own; set a key."
        case "crowded_session":
            "One session announces many nodes, as no node does; see who may \(terms.access)."
        case "table_full":
            "More peers than maximumPeers announce themselves; raise it, or see who may \(terms.access)."
        default:
            nil
        }
    }
}
