internal import ArgumentParser

/// How clusters of many sizes behave in virtual time, and what a node of a large one costs.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs clusters of any size in virtual time, and measures what one message costs a node.",
        subcommands: [Sizes.self, Crowds.self, Scenario.self, MessageCost.self, ReconcileCost.self],
        defaultSubcommand: Sizes.self
    )
}
