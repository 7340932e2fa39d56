#if THREAD_SANITIZER
    #if canImport(Glibc)
        internal import Glibc
    #elseif canImport(Musl)
        internal import Musl
    #else
        internal import Darwin
    #endif
#else
    internal import Synchronization
#endif

/// A value behind a lock that is held over no suspension.
///
/// It is `Synchronization.Mutex`. Only a build for the thread sanitizer (`-DTHREAD_SANITIZER`) takes a pthread mutex
/// instead, because the sanitizer does not see the futex that `Mutex` is made of and reports races that are none.
package final class Locked<Value>: Sendable {
    #if THREAD_SANITIZER
        // The pointers are set once, before the value is shared; what they point at is touched under the lock only.
        nonisolated(unsafe) private let mutex: UnsafeMutablePointer<pthread_mutex_t>
        nonisolated(unsafe) private let value: UnsafeMutablePointer<Value>

        package init(_ initial: sending Value) {
            self.mutex = .allocate(capacity: 1)
            self.mutex.initialize(to: pthread_mutex_t())
            pthread_mutex_init(self.mutex, nil)
            self.value = .allocate(capacity: 1)
            self.value.initialize(to: initial)
        }

        deinit {
            self.value.deinitialize(count: 1)
            self.value.deallocate()
            pthread_mutex_destroy(self.mutex)
            self.mutex.deallocate()
        }

        package func withLock<Result, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            pthread_mutex_lock(self.mutex)
            defer { pthread_mutex_unlock(self.mutex) }
            // Whether a collection is changed in place is decided by a count of references, which the sanitizer does not
            // see either: a list that somebody was handed, and has let go, would be a race. No list is changed in place
            // while this one is held.
            let handedOut = self.value.pointee
            defer { withExtendedLifetime(handedOut) {} }
            return try body(&self.value.pointee)
        }
    #else
        private let mutex: Mutex<Value>

        package init(_ initial: consuming sending Value) {
            self.mutex = Mutex(initial)
        }

        package func withLock<Result, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            try self.mutex.withLock(body)
        }
    #endif
}
