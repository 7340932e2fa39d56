/// What a look-up throws to name its own condition, in place of `lookup_failed`.
///
/// ```swift
/// throw LookupError(code: "forbidden", message: "The role may not list instances; allow ec2:DescribeInstances.")
/// ```
public struct LookupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A short, stable word for the cause, in snake case, fit for a metric's dimension and for an alert.
    ///
    /// 1 to 64 lower-case letters, digits and underscores; anything else is reported as `lookup_failed`.
    public var code: String

    /// What is wrong and what to do about it, in one line without secrets; 300 characters of it are shown.
    public var message: String

    /// Makes an error.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }

    /// Any error that a look-up has thrown, as one that names a condition.
    package init(_ error: any Error) {
        guard let error = error as? LookupError else {
            self.init(code: Self.lookupFailed, message: ErrorText.line(error))
            return
        }
        self.init(
            code: Self.isCode(error.code) ? error.code : Self.lookupFailed,
            message: ErrorText.line(error.message)
        )
    }

    private static let lookupFailed = "lookup_failed"

    /// A code becomes a metric's dimension: whatever else is in it would make a new time series.
    private static func isCode(_ code: String) -> Bool {
        (1...64).contains(code.utf8.count)
            && code.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
            }
    }
}
