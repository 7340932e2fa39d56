internal import Foundation

extension TemporaryPostgres {
    /// Whether this machine has libfaketime, with which a server's clock can be set.
    ///
    /// It is looked for where Debian's package `faketime`, Fedora's and a build from source put it. Linux alone: elsewhere
    /// the system keeps it from being loaded into PostgreSQL.
    public static var canSetClocks: Bool { SettableClock.library != nil }

    /// Sets the wall clock of a running server, and of nothing else, ahead of the machine's; back, where it is negative.
    ///
    /// It stays so until the server is started again.
    /// - Throws: What the file system throws.
    public func setClock(aheadBy offset: Duration) throws {
        precondition(self.configuration.hasSettableClock, "Set the configuration's hasSettableClock")
        try SettableClock(directory: self.scratch.path).set(aheadBy: offset)
    }
}

/// The wall clock of one server, as libfaketime makes it up from what a file says.
struct SettableClock: Sendable {
    private let file: String
    private let users: String

    init(directory: String) {
        self.file = "\(directory)/clock"
        self.users = "\(directory)/clock-users"
    }

    /// The library, if it is here.
    static let library: String? = {
        #if os(Linux)
            let parents = ["/usr/lib", "/usr/lib64", "/usr/local/lib"]
            let multiarch = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
            let all = parents + multiarch.filter { $0.hasSuffix("-linux-gnu") }.sorted().map { "/usr/lib/\($0)" }
            return all.map { "\($0)/faketime/libfaketime.so.1" }.first(where: FileManager.default.fileExists(atPath:))
        #else
            return nil
        #endif
    }()

    /// What goes before a command so that it runs by this clock, which the file sets at each reading.
    var prefix: [String] {
        get throws {
            guard let library = Self.library else {
                throw TemporaryPostgresError(
                    code: .programsNotFound,
                    message: "libfaketime was not found: install faketime (apt-get install faketime)"
                )
            }
            return [
                "env", "LD_PRELOAD=\(library)", "FAKETIME_TIMESTAMP_FILE=\(self.file)", "FAKETIME_NO_CACHE=1",
                // What waits, waits by the machine's own clock.
                "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1",
            ]
        }
    }

    func set(aheadBy offset: Duration) throws {
        let (seconds, attoseconds) = offset.components
        let milliseconds = abs(attoseconds / 1_000_000_000_000_000)
        let fraction = String("000\(milliseconds)".suffix(3))
        let sign = offset < .zero ? "-" : "+"
        // At once, since half a line would be another time; and readable for the server's account.
        let next = self.file + ".next"
        try "\(sign)\(abs(seconds)).\(fraction)\n".write(toFile: next, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: next)
        guard rename(next, self.file) == 0 else {
            throw TemporaryPostgresError(code: .commandFailed, message: "the clock's file could not be replaced")
        }
    }

    /// Notes who uses the clock: the library leaves shared memory behind that bears the process id, and the directory's
    /// watchdog removes it.
    func note(_ processID: Int32) throws {
        let all = self.noted + [processID]
        try all.map { "\($0)\n" }.joined().write(toFile: self.users, atomically: true, encoding: .utf8)
    }

    /// Who was noted so far.
    var noted: [Int32] {
        let text = (try? String(contentsOfFile: self.users, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { Int32($0) }
    }
}
