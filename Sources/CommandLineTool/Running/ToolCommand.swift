#if CommandLine
    internal import ArgumentParser

    /// A command whose work can be done without a process of its own.
    protocol ToolCommand: AsyncParsableCommand {
        /// Does the work; what it throws becomes a line on the standard error and an exit code.
        func perform(in surroundings: Surroundings) async throws -> ExitStatus
    }

    extension ToolCommand {
        func run() async throws {
            let status = await self.execute(in: .process())
            if status != .done { throw ExitCode(status.rawValue) }
        }

        func execute(in surroundings: Surroundings) async -> ExitStatus {
            do {
                return try await self.perform(in: surroundings)
            } catch {
                let failure = ToolError(error)
                surroundings.complain("error: \(PlainText.line(failure.message))")
                return failure.status
            }
        }
    }
#endif
