#ifndef BENCHMARKS_NOTIFY_LOOP_H
#define BENCHMARKS_NOTIFY_LOOP_H

// A listener as a plain C program writes it: libpq, poll(2), one thread, nothing else.

typedef struct notify_loop notify_loop;

// Connects and listens; NULL when that fails.
notify_loop *notify_loop_open(const char *conninfo, const char *channel);

void notify_loop_close(notify_loop *loop);

// Receives until `count` notifications have come; the sum of the payloads' lengths, or -1 when the connection breaks.
long notify_loop_receive(notify_loop *loop, long count);

// Notifies itself `count` times and waits for each; nanoseconds of each go to `times`. 0, or -1 on a failure.
int notify_loop_echo(notify_loop *loop, const char *channel, long count, double *times);

// Notifies the channel every `milliseconds` and takes out what it hears, until the connection breaks.
void notify_loop_idle(notify_loop *loop, const char *channel, int milliseconds);

// Publishes `count` distinct payloads with one statement; 0, or -1 on a failure. Opens a connection of its own.
int notify_loop_publish(const char *conninfo, const char *channel, long count);

// The calling thread's CPU time, and the process's, in nanoseconds.
double notify_loop_thread_cpu(void);
double notify_loop_process_cpu(void);

// Lets every thread that the process has, and every one that these start later, run on these cores alone. 0; -1 where the
// system has no such thing, or does not allow it.
int notify_loop_place(int process, int first_core, int last_core);

// Monotonic time in nanoseconds.
double notify_loop_now(void);

#endif
