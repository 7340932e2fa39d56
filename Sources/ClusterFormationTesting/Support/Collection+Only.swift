extension Collection {
    /// Whether there is something, and nothing but what fits: `allSatisfy` holds of an empty list, too.
    package func hasOnly(_ fits: (Element) throws -> Bool) rethrows -> Bool {
        try !self.isEmpty && self.allSatisfy(fits)
    }
}
