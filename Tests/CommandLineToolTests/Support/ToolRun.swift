#if CommandLine
    import ArgumentParser
    import Foundation
    import Locking

    @testable import CommandLineTool

    /// One run of the tool without a process: what it wrote, and its exit code.
    struct ToolRun: Sendable {
        var status: ExitStatus
        var output: [String]
        var errors: [String]

        init(_ arguments: String..., environment: [String: String] = [:]) async throws {
            try await self.init(arguments, environment: environment)
        }

        init(_ arguments: [String], environment: [String: String] = [:]) async throws {
            let output = Locked<[String]>([])
            let errors = Locked<[String]>([])
            let surroundings = Surroundings(
                environment: environment,
                style: .plain,
                print: { line in output.withLock { $0.append(line) } },
                complain: { line in errors.withLock { $0.append(line) } }
            )
            guard let command = try ClusterFormationTool.parseAsRoot(arguments) as? any ToolCommand else {
                throw ToolError(.usage, "that is no command with work to do")
            }
            self.status = await command.execute(in: surroundings)
            self.output = output.withLock { $0 }
            self.errors = errors.withLock { $0 }
        }

        var text: String { self.output.joined(separator: "\n") }

        /// The one document that was written.
        func document() throws -> [String: Any] {
            struct NotOneDocument: Error {}
            guard self.output.count == 1,
                let document = try JSONSerialization.jsonObject(with: Data(self.output[0].utf8)) as? [String: Any]
            else { throw NotOneDocument() }
            return document
        }
    }
#endif
