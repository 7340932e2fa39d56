import Testing

@testable import ClusterFormation

@Suite struct WakeSignalTests {
    @Test(.timeLimit(.minutes(1))) func aWakeUpBeforeTheWaitIsNotLost() async {
        let signal = WakeSignal()
        signal.wake()
        await signal.wait()
    }

    @Test(.timeLimit(.minutes(1))) func aWaitingTaskIsWoken() async {
        let signal = WakeSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await signal.wait() }
            group.addTask { signal.wake() }
        }
    }

    @Test(.timeLimit(.minutes(1))) func cancellationEndsTheWait() async {
        let signal = WakeSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await signal.wait() }
            group.cancelAll()
        }
    }
}
