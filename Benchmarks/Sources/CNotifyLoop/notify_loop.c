#ifdef __linux__
#define _GNU_SOURCE
#include <dirent.h>
#include <sched.h>
#endif

#include "notify_loop.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct notify_loop {
    PGconn *connection;
};

static double clock_of(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

double notify_loop_now(void) { return clock_of(CLOCK_MONOTONIC); }
double notify_loop_thread_cpu(void) { return clock_of(CLOCK_THREAD_CPUTIME_ID); }
double notify_loop_process_cpu(void) { return clock_of(CLOCK_PROCESS_CPUTIME_ID); }

static void ignore_notice(void *argument, const PGresult *result) {
    (void)argument;
    (void)result;
}

static int run(PGconn *connection, const char *sql) {
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : -1;
}

notify_loop *notify_loop_open(const char *conninfo, const char *channel) {
    PGconn *connection = PQconnectdb(conninfo);
    char sql[200];
    snprintf(sql, sizeof sql, "LISTEN \"%s\"", channel);
    if (PQstatus(connection) != CONNECTION_OK || run(connection, sql) != 0) {
        PQfinish(connection);
        return NULL;
    }
    PQsetNoticeReceiver(connection, ignore_notice, NULL);
    PQsetnonblocking(connection, 1);
    notify_loop *loop = malloc(sizeof *loop);
    loop->connection = connection;
    return loop;
}

void notify_loop_close(notify_loop *loop) {
    PQfinish(loop->connection);
    free(loop);
}

static int wait_for_input(PGconn *connection, short events) {
    struct pollfd descriptor = {.fd = PQsocket(connection), .events = events};
    if (poll(&descriptor, 1, -1) < 0) return -1;
    return PQconsumeInput(connection) ? 0 : -1;
}

long notify_loop_receive(notify_loop *loop, long count) {
    long seen = 0, bytes = 0;
    for (;;) {
        PGnotify *notification;
        while ((notification = PQnotifies(loop->connection)) != NULL) {
            bytes += (long)strlen(notification->extra);
            PQfreemem(notification);
            if (++seen == count) return bytes;
        }
        if (wait_for_input(loop->connection, POLLIN) != 0) return -1;
    }
}

int notify_loop_echo(notify_loop *loop, const char *channel, long count, double *times) {
    PGconn *connection = loop->connection;
    for (long i = 0; i < count; i++) {
        char payload[32];
        snprintf(payload, sizeof payload, "%ld", i);
        const char *values[2] = {channel, payload};
        double start = notify_loop_now();
        if (!PQsendQueryParams(connection, "SELECT pg_catalog.pg_notify($1, $2)", 2, NULL, values, NULL, NULL, 0))
            return -1;
        int is_answered = 0, is_heard = 0;
        while (!is_answered || !is_heard) {
            int unsent = PQflush(connection);
            if (unsent < 0 || wait_for_input(connection, unsent ? POLLIN | POLLOUT : POLLIN) != 0) return -1;
            while (!is_answered && !PQisBusy(connection)) {
                PGresult *result = PQgetResult(connection);
                if (result == NULL) is_answered = 1;
                PQclear(result);
            }
            PGnotify *notification;
            while ((notification = PQnotifies(connection)) != NULL) {
                is_heard = 1;
                PQfreemem(notification);
            }
        }
        times[i] = notify_loop_now() - start;
    }
    return 0;
}

void notify_loop_idle(notify_loop *loop, const char *channel, int milliseconds) {
    PGconn *connection = loop->connection;
    double due = notify_loop_now();
    for (;;) {
        double now = notify_loop_now();
        if (now >= due) {
            const char *values[2] = {channel, "a payload of some thirty bytes "};
            if (!PQsendQueryParams(connection, "SELECT pg_catalog.pg_notify($1, $2)", 2, NULL, values, NULL, NULL, 0) ||
                PQflush(connection) != 0)
                return;
            due = now + milliseconds * 1e6;
        }
        struct pollfd descriptor = {.fd = PQsocket(connection), .events = POLLIN};
        int ready = poll(&descriptor, 1, (int)((due - now) / 1e6) + 1);
        if (ready < 0 || (ready > 0 && !PQconsumeInput(connection))) return;
        while (!PQisBusy(connection)) {
            PGresult *result = PQgetResult(connection);
            if (result == NULL) break;
            PQclear(result);
        }
        PGnotify *notification;
        while ((notification = PQnotifies(connection)) != NULL) PQfreemem(notification);
    }
}

int notify_loop_publish(const char *conninfo, const char *channel, long count) {
    PGconn *connection = PQconnectdb(conninfo);
    char sql[300];
    snprintf(sql, sizeof sql, "SELECT count(pg_notify('%s', 'a payload of some thirty bytes ' || i)) "
             "FROM generate_series(1, %ld) i", channel, count);
    int status = PQstatus(connection) == CONNECTION_OK ? run(connection, sql) : -1;
    PQfinish(connection);
    return status;
}

#ifdef __linux__
int notify_loop_place(int process, int first_core, int last_core) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", process);
    DIR *threads = opendir(path);
    if (threads == NULL) return -1;
    cpu_set_t cores;
    CPU_ZERO(&cores);
    for (int core = first_core; core <= last_core; core++) CPU_SET(core, &cores);
    int status = 0;
    for (struct dirent *thread; (thread = readdir(threads)) != NULL;) {
        int identifier = atoi(thread->d_name);
        if (identifier > 0 && sched_setaffinity(identifier, sizeof cores, &cores) != 0) status = -1;
    }
    closedir(threads);
    return status;
}
#else
int notify_loop_place(int process, int first_core, int last_core) {
    (void)process;
    (void)first_core;
    (void)last_core;
    return -1;
}
#endif
