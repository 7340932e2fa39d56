import ClusterFormation
import Foundation
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// A node that seeks to lead in a process of its own, known by what it prints.
struct LeaderProcess: Sendable {
    struct Line: Sendable {
        var text: String
        var at = ContinuousClock.now

        /// The number of the leadership that begins with this line.
        var begun: Int64? {
            let words = self.text.split(separator: " ")
            return words.first == "begin" ? words.last.flatMap { Int64($0) } : nil
        }
    }

    let number: Int
    private let processID: Int32
    private let input: FileHandle
    private let hasEnded: Observed<Bool>

    /// The program, which is built beside the tests.
    private static let program: String = {
        #if canImport(Darwin)
            let products =
                Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
                .deletingLastPathComponent().path() ?? "."
            return products + "/LeaderNode"
        #else
            return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path() + "/LeaderNode"
        #endif
    }()

    /// What all of them have said, in the order in which it was read.
    typealias Said = Observed<[(number: Int, line: Line)]>

    static func start(
        _ number: Int,
        _ connection: String,
        lease: Duration,
        interval: Duration,
        saying said: Said
    ) async throws -> LeaderProcess {
        let (text, hasEnded) = (Observed(""), Observed(false))
        let (processID, input) = try await ChildProcess.spawn(
            [Self.program, connection, "\(lease / .milliseconds(1))", "\(interval / .milliseconds(1))"].map {
                $0.hasSuffix(".0") ? String($0.dropLast(2)) : $0
            },
            hasInput: true,
            onOutput: { output in
                let whole = text.update { text -> [String] in
                    text += output ?? ""
                    var parts = text.components(separatedBy: "\n")
                    text = parts.removeLast()
                    return parts
                }
                said.update { $0 += whole.map { (number, Line(text: $0)) } }
            },
            onExit: { _ in hasEnded.update { $0 = true } }
        )
        return LeaderProcess(
            number: number,
            processID: processID,
            input: try #require(input),
            hasEnded: hasEnded
        )
    }

    func send(_ signal: Signal) { signal.send(to: self.processID) }

    /// Lets it leave gracefully.
    func leave() { try? self.input.close() }

    func waitForEnd() async throws {
        try await self.hasEnded.wait(within: LeaderMember.patience) { _ in
            "the end of a process"
        } until: {
            $0
        }
    }
}
