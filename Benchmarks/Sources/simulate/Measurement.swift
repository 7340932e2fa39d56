internal import BenchmarkSupport
internal import CAllocationCounter

/// What one of many equal things costs: the median of some rounds.
struct Measurement {
    private var times: [Double] = []
    private var allocations: [Double] = []

    /// In nanoseconds.
    var time: Double { Statistics(self.times).median }
    var allocationCount: Double { Statistics(self.allocations).median }

    /// Does so many equal things.
    mutating func round(of count: Int, _ body: () -> Void) {
        let before = allocation_count()
        let time = ContinuousClock().measure(body)
        self.allocations.append(Double(allocation_count() - before) / Double(count))
        self.times.append(time.inSeconds * 1e9 / Double(count))
    }
}
