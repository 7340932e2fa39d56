internal import Logging
internal import ServiceLifecycle

extension Cluster {
    /// Runs the cluster until it is shut down gracefully or its task is cancelled; to be called once.
    ///
    /// It then lets its strategies say goodbye, closes the links, and returns. It does not return or throw because of
    /// an outage of any kind.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/alreadyRunning`` when it is called again.
    public func run() async throws {
        guard self.core.start() else {
            throw ClusterError(code: .alreadyRunning, message: "This cluster has been run before; make a new one.")
        }
        let shutdown = WakeSignal()
        // The one task that is not a child: in a cancelled child the connector could not close its links in an orderly
        // way, and the clock that bounds it would not run. It is awaited here, so it does not outlive this call.
        let life = Task { await self.live(until: shutdown) }
        await withTaskCancellationOrGracefulShutdownHandler {
            await life.value
        } onCancelOrGracefulShutdown: {
            shutdown.wake()
        }
    }

    private func live(until shutdown: WakeSignal) async {
        let core = self.core
        let runner = self.connector.map { LinkRunner(core: core, connector: $0) }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepTime() }
            if let connector = self.connector { group.addTask { await self.checkLinks(of: connector) } }
            group.addTask {
                await self.runStrategies(until: shutdown)
                core.decide { $0.shutDown(at: $1) }
            }
            while let work = await core.work.next() {
                for item in work { runner?.start(item, in: &group) }
            }
            runner?.giveUp()
            group.cancelAll()
        }
        core.hub.finish()
        core.peerChanges.finish()
    }

    private func runStrategies(until shutdown: WakeSignal) async {
        await withDiscardingTaskGroup { group in
            for index in self.strategies.indices {
                group.addTask { await self.runStrategy(at: index) }
            }
            await shutdown.wait()
            self.core.decide { $0.saysGoodbye(at: $1) }
            group.cancelAll()
        }
    }

    /// Runs one strategy, again and again if need be.
    private func runStrategy(at index: Int) async {
        let (core, strategy) = (self.core, self.strategies[index])
        var generator = SystemRandomNumberGenerator()
        var restarts = StrategyRestarts(backoff: self.configuration.retryBackoff)
        var logger = self.logger
        logger[metadataKey: LogKey.strategy] = "\(strategy.name)"
        let context = StrategyContext(
            clusterName: self.name,
            localNode: self.localNodeState,
            isObserver: self.isObserver,
            discovery: Discovery { evidence in core.decide { $0.report(evidence, by: index, at: $1) } },
            logger: logger,
            metricsFactory: self.metricsFactory,
            clock: core.clock
        )
        while !Task.isCancelled {
            let startedAt = core.clock.now
            var message = "The strategy returned although it was not cancelled."
            do {
                try await strategy.run(in: context)
            } catch {
                message = ErrorText.line(error)
            }
            guard !Task.isCancelled else { break }
            core.decide { machine, _ in machine.strategyFailed(message, at: index) }
            core.strategyRestarted(strategy.name)
            let delay = restarts.ended(after: startedAt.duration(to: core.clock.now), using: &generator)
            try? await core.clock.sleep(until: core.clock.now.advanced(by: delay))
        }
        core.decide { machine, _ in machine.report(.stopped, by: index) }
    }

    private func keepTime() async {
        while !Task.isCancelled {
            guard let deadline = self.core.nextDeadline else {
                await self.core.timer.wait()
                continue
            }
            if deadline <= self.core.clock.now {
                self.core.decide { $0.timerFired(at: $1) }
            } else {
                await self.core.clock.sleep(until: deadline, or: self.core.timer)
            }
        }
    }

    private func checkLinks(of connector: any ClusterConnector) async {
        while !Task.isCancelled {
            let askedAt = self.core.clock.now
            guard let endpoints = await connector.connectedEndpoints() else { return }
            self.core.decide { $0.checkLinks(endpoints, askedAt: askedAt, at: $1) }
            try? await self.core.clock.sleep(until: askedAt.advanced(by: self.configuration.linkCheckInterval))
        }
    }
}
