/// One line of a record: that a process began, did or ended its work as the leader with a number.
package struct LeaderEntry: Hashable, Sendable {
    /// What was done.
    package enum Act: String, Sendable { case begins, works, ends }

    /// The life of a process: a name, and the process id, which another life of that name does not have.
    package struct Holder: Hashable, Sendable, CustomStringConvertible {
        package var name: String
        package var processID: Int32

        package init(name: String, processID: Int32) {
            self.name = name
            self.processID = processID
        }

        package var description: String { "\(self.name) (\(self.processID))" }
    }

    /// When it looked at the clock, right before it wrote, in seconds of the machine's uptime.
    package var time: Double
    package var holder: Holder
    package var act: Act
    /// The fencing number.
    package var number: Int64
    /// The longest time for which the process had stood still shortly before, in seconds.
    package var stoodStill: Double

    package init(time: Double, holder: Holder, act: Act, number: Int64, stoodStill: Double) {
        self.time = time
        self.holder = holder
        self.act = act
        self.number = number
        self.stoodStill = stoodStill
    }

    /// The line, without its end: `4821.512309 leader-2 1234 works 189441 0.004`.
    package var line: String {
        "\(self.time) \(self.holder.name) \(self.holder.processID) \(self.act.rawValue) \(self.number) \(self.stoodStill)"
    }

    /// Nil for a line that is none.
    package init?(_ line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count == 6, let time = Double(words[0]), let processID = Int32(words[2]),
            let act = Act(rawValue: String(words[3])), let number = Int64(words[4]), let stoodStill = Double(words[5])
        else { return nil }
        self.init(
            time: time,
            holder: Holder(name: String(words[1]), processID: processID),
            act: act,
            number: number,
            stoodStill: stoodStill
        )
    }
}
