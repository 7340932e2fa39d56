#if Multicast
    /// A switch between the hosts of a test that loses, delays, repeats and reorders what it is told to.
    ///
    /// It is a program in user space, since the kernels of many machines lack the module that `tc netem` needs. It moves whole
    /// frames between the interfaces of its network namespace, with the kernel's own note of each frame's checksum
    /// (PACKET_VNET_HDR), since virtual cables leave that to the receiver. Only UDP is impaired. Its dice are seeded.
    ///
    /// Its input is a line for each change, and it answers each with `ok`:
    ///
    ///     port <interface>
    ///     impair <loss> <delay in s> <jitter in s> <repetition>
    ///     groups 0,1 2          only ports of one group hear each other; without groups all do
    enum HubScript {
        static let text = """
            import heapq, os, random, select, socket, struct, sys, time
            dice = random.Random(7)
            ports, names, queue, groups = [], [], [], []
            loss = delay = jitter = repetition = 0.0
            count = 0
            ETH_P_ALL, SOL_PACKET, PACKET_VNET_HDR, PACKET_OUTGOING, VNET_HDR = 3, 263, 15, 4, 10

            def add(name):
                port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
                port.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
                port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
                port.bind((name, ETH_P_ALL))
                port.setblocking(False)
                ports.append(port)

            def is_udp(frame):
                kind = struct.unpack_from("!H", frame, VNET_HDR + 12)[0]
                return (kind == 0x0800 and frame[VNET_HDR + 23] == 17) or (kind == 0x86DD and frame[VNET_HDR + 20] == 17)

            def hears(source, target):
                return source != target and (not groups or any(source in group and target in group for group in groups))

            def send(target, frame):
                try:
                    ports[target].send(frame)
                except OSError:
                    pass

            def forward(source, frame):
                global count
                for target in range(len(ports)):
                    if not hears(source, target):
                        continue
                    if not is_udp(frame):
                        send(target, frame)
                        continue
                    if dice.random() < loss:
                        continue
                    for _ in range(2 if dice.random() < repetition else 1):
                        wait = max(0.0, delay + jitter * (2 * dice.random() - 1))
                        count += 1
                        heapq.heappush(queue, (time.monotonic() + wait, count, source, target, frame))

            def obey(line):
                global loss, delay, jitter, repetition, groups
                words = line.split()
                if words[0] == "port":
                    add(words[1])
                elif words[0] == "impair":
                    loss, delay, jitter, repetition = map(float, words[1:])
                elif words[0] == "groups":
                    groups = [set(map(int, word.split(","))) for word in words[1:]]
                os.write(1, b"ok\\n")

            pending = b""
            while True:
                now = time.monotonic()
                while queue and queue[0][0] <= now:
                    _, _, source, target, frame = heapq.heappop(queue)
                    if hears(source, target):
                        send(target, frame)
                wait = max(0.0, queue[0][0] - now) if queue else None
                ready, _, _ = select.select([0] + ports, [], [], wait)
                for port in ready:
                    if port == 0:
                        data = os.read(0, 65536)
                        if not data:
                            sys.exit(0)
                        pending += data
                        while b"\\n" in pending:
                            line, pending = pending.split(b"\\n", 1)
                            obey(line.decode())
                        continue
                    try:
                        frame, address = port.recvfrom(65536)
                    except OSError:
                        continue
                    if address[2] != PACKET_OUTGOING and len(frame) > VNET_HDR + 24:
                        forward(ports.index(port), frame)
            """
    }
#endif
