import Testing

/// Tests that run in processes of their own.
///
/// One after the other: each holds up a thread of the cooperative pool while it waits for its process, and a small
/// machine has no more than two.
@Suite(.serialized) enum OwnProcessTests {}
