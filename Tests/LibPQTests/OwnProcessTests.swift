import TestTraits
import Testing

/// Tests that run in processes of their own.
///
/// One after the other, and off the cooperative pool: each holds up a thread while it waits for its process, and a small
/// machine has no more than two cores.
@Suite(.serialized, .blocking) enum OwnProcessTests {}
