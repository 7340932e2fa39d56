internal import LocalFiles

/// What becomes of the readings of one file, as a value.
///
/// A file that is written in place is seen half written now and then: so a reading that differs from the one that counts
/// only counts when the next one is equal to it. The first one counts at once, since there is nothing to lose.
struct FileMemory: Sendable {
    typealias Reading = Result<[UInt8], FileReading.Flaw>

    /// A file that is different each time counts after so many readings nevertheless.
    private static let patience = 10

    private let path: String
    private let defaultPort: Int?
    private var settled: Reading?
    private var pending: Reading?
    private var unsettledReadings = 0
    private var answer: Lookup.Answer = .whole([])

    init(path: String, defaultPort: Int?) {
        self.path = path
        self.defaultPort = defaultPort
    }

    mutating func take(_ reading: Reading) -> Lookup.Answer {
        if reading == self.settled {
            (self.pending, self.unsettledReadings) = (nil, 0)
            return self.answer
        }
        self.unsettledReadings += 1
        let counts = self.settled == nil || reading == self.pending || self.unsettledReadings >= Self.patience
        guard counts else {
            self.pending = reading
            return self.answer
        }
        (self.settled, self.pending, self.unsettledReadings) = (reading, nil, 0)
        self.answer = self.answer(to: reading)
        return self.answer
    }

    private func answer(to reading: Reading) -> Lookup.Answer {
        switch reading {
        case .success(let bytes):
            do {
                return .whole(try PeerFile.parse(bytes, defaultPort: self.defaultPort))
            } catch {
                let flaw = error.message.droppingFinalPeriod
                return self.failed(
                    "file_broken",
                    "Line \(error.line): \(flaw). The last good list stays until it is mended"
                )
            }
        case .failure(.missing):
            return self.failed(
                "file_missing",
                "There is no file of peers. The last good list stays until it is there again"
            )
        case .failure(.notPermitted):
            return self.failed("file_unreadable", "This process may not read the file of peers; see to its permissions")
        case .failure(.notAFile):
            return self.failed("file_unreadable", "The file of peers is a directory or a device")
        case .failure(.tooLarge):
            return self.failed("file_too_large", "The file of peers has more than \(PeerFile.maximumBytes) bytes")
        case .failure(.failed(let number)):
            return self.failed("file_unreadable", "The file of peers can't be read (\(SystemError.text(number)))")
        }
    }

    /// The path comes last: a long one is cut off, and what is wrong is not.
    private func failed(_ code: String, _ message: String) -> Lookup.Answer {
        .failed(LookupError(code: code, message: "\(message): \(self.path)"))
    }
}

extension String {
    fileprivate var droppingFinalPeriod: Substring { self.hasSuffix(".") ? self.dropLast() : self[...] }
}
