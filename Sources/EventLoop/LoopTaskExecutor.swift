/// The loop as an executor that tasks can prefer.
///
/// It is not the loop itself: code that is isolated to nothing would then count as isolated to the loop, and each of
/// its calls would be checked for a switch.
final class LoopTaskExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        PollLoop.shared.enqueueTask(UnownedJob(job))
    }
}
