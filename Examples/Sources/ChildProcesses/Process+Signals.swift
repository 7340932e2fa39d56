internal import Foundation

extension Process {
    /// Starts it with no signal blocked, as a shell does.
    ///
    /// A program inherits the mask of the thread that starts it, and Dispatch's threads block nearly all. What learns of its
    /// children's ends by SIGCHLD would never learn of one: dnsmasq, which has a child for each question over TCP, takes
    /// no more of them after twenty.
    ///
    /// PostgresTesting has the same, for this package does not see what is not public there.
    func runWithSignals() throws {
        var none = sigset_t()
        var previous = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        try self.run()
    }
}
