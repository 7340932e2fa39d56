#if CommandLine
    internal import ArgumentParser

    /// `key` for nodes that have a tag, `key=value` for those whose tag has that value.
    struct TagFilter: Hashable, Sendable, ExpressibleByArgument {
        var key: String
        var value: String?

        init?(argument: String) {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let key = parts.first, !key.isEmpty else { return nil }
            self.key = key
            self.value = parts.count > 1 ? parts[1] : nil
        }

        func admits(_ tags: [String: String]?) -> Bool {
            guard let found = tags?[self.key] else { return false }
            return self.value == nil || self.value == found
        }
    }
#endif
