/// The middle of some measurements, and how far they spread.
package struct Statistics: Sendable {
    package let minimum: Double
    package let median: Double
    package let maximum: Double
    private let sorted: [Double]

    package init(_ values: [Double]) {
        self.sorted = values.sorted()
        self.minimum = self.sorted.first ?? .nan
        self.median = self.sorted.isEmpty ? .nan : self.sorted[self.sorted.count / 2]
        self.maximum = self.sorted.last ?? .nan
    }

    /// The value below which the given share of all values is.
    package func percentile(_ share: Double) -> Double {
        self.sorted.isEmpty ? .nan : self.sorted[min(self.sorted.count - 1, Int(Double(self.sorted.count) * share))]
    }
}

extension Double {
    package func rounded(to places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let text = "\((self * scale).rounded() / scale)"
        return places == 0 && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
