/*
 * watchers - many who watch clocks: whether each gets every tick exactly once, and how far from its second.
 *
 * Each connection takes the greeting, sends one WATCH line, expects 255, and then a line a place for each whole
 * second.  A tick arrives when the kernel has put it into the socket (SO_TIMESTAMPNS), so that what this program
 * takes to read ten thousand sockets does not count.  The server's clock must be this host's.
 *
 * It prints "watching" when the counted seconds are about to begin, and at the end one line of JSON.  Exit
 * status: 0 every tick came exactly once and in order; 1 not so; 2 wrong usage, or who asked was refused.
 */
#define _GNU_SOURCE
#include "process.h"
#include "ticks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_PIDS 16
#define WINDOW 256              /* connections being opened at the same time */
#define OPENING_SECONDS 60      /* for all of them, WATCH's answer included */

enum state { CONNECTING, GREETING, ASKED, TICKING, GONE };

struct watcher {
    int fd;
    enum state state;
    unsigned greeted, filled;
    char head[HEAD];            /* of the line that is being read */
    struct received received;
};

static unsigned greeting = 1, addresses = 1, late = 2, npids, opening, ticking;
static const char *request;
static uint16_t port;
static int pids[MOST_PIDS], epoll;
static struct watcher *watchers;
static struct account account = { .watchers = 1000, .seconds = 10, .places = 3 };

static void open_one(struct watcher *w)
{
    static unsigned which;
    int one = 1;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in own = { .sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK + which++ % addresses) };
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT, .data.ptr = w };

    w->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (w->fd < 0)
        die("socket: %s", strerror(errno));
    setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(w->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    setsockopt(w->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(w->fd, (struct sockaddr *)&own, sizeof own) < 0)
        die("bind: %s", strerror(errno));
    if (connect(w->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        die("connect: %s", strerror(errno));
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, w->fd, &event) < 0)
        die("epoll_ctl: %s", strerror(errno));
    opening++;
}

static void lose(struct watcher *w)
{
    if (w->state != TICKING)
        die("a connection was lost before WATCH was answered");
    close(w->fd);
    w->state = GONE;
    account.disconnected++;
    ticking--;
}

/* A whole line, of which `head` has the beginning. */
static void line(struct watcher *w, int64_t arrived_ns)
{
    bool begins = w->filled >= 4;
    switch (w->state) {
    case GREETING:
        if (++w->greeted < greeting)
            break;
        if (send(w->fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
            die("cannot send WATCH");
        w->state = ASKED;
        break;
    case ASKED:
        if (!begins || memcmp(w->head, "255", 3))
            die("WATCH was answered %.*s", (int)w->filled, w->head);
        if (w->head[3] == ' ') {
            w->state = TICKING;
            epoll_ctl(epoll, EPOLL_CTL_DEL, w->fd, NULL);   /* it is looked at together with the others */
            opening--;
            ticking++;
        }
        break;
    default:
        if (w->filled < HEAD - 1 || memcmp(w->head, "150", 3))
            die("a tick was expected, not %.*s", (int)w->filled, w->head);
        account_tick(&account, &w->received, w->head, arrived_ns);
    }
    w->filled = 0;
}

/* When the kernel says that the last of what was read has come; now, where it does not say. */
static int64_t arrival(struct msghdr *message, enum state state)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            return t.tv_sec * NS + t.tv_nsec;
        }
    account.stamped = account.stamped && state != TICKING;
    return wall_ns();
}

static void hear(struct watcher *w)
{
    static char in[65536];
    union { char space[CMSG_SPACE(sizeof(struct timespec))]; struct cmsghdr align; } control;
    struct iovec data = { in, sizeof in };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.space,
                              .msg_controllen = sizeof control.space };
    ssize_t got = recvmsg(w->fd, &message, 0);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            lose(w);
        return;
    }
    int64_t arrived_ns = arrival(&message, w->state);
    for (const char *p = in, *end = in + got; p < end; p++) {
        if (*p == '\n')
            line(w, arrived_ns);
        else if (w->filled < HEAD)
            w->head[w->filled++] = *p;
    }
}

static void connected(struct watcher *w)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = w };
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error)
        die("connect: %s", strerror(error));
    w->state = GREETING;
    epoll_ctl(epoll, EPOLL_CTL_MOD, w->fd, &event);
}

static void poll_once(int64_t until_ns)
{
    static struct epoll_event events[1024];
    int64_t left = (until_ns - wall_ns()) / 1000000 + 1;
    int found = epoll_wait(epoll, events, 1024, left < 0 ? 0 : left > 100 ? 100 : (int)left);
    for (int i = 0; i < found; i++) {
        struct watcher *w = events[i].data.ptr;
        if (w->state == CONNECTING)
            connected(w);
        if (w->state != GONE && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            hear(w);
    }
}

/* Ticks wait in the sockets until the middle between two seconds: to be woken by each, or to read while others
 * are told, would cost the server, for on one machine it is the sender who wakes the receiver, and its real peers
 * are on others. The kernel notes when each tick comes, whenever it is looked at. */
static void look_until(int64_t ns)
{
    int64_t next;
    do {
        next = (wall_ns() + NS / 2) / NS * NS + NS / 2;
        if (next > ns)
            next = ns;
        struct timespec at = { .tv_sec = next / NS, .tv_nsec = next % NS };
        while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, NULL) == EINTR)
            ;
        for (unsigned i = 0; i < account.watchers; i++)
            if (watchers[i].state == TICKING)
                hear(&watchers[i]);
    } while (next < ns);
}

static void open_all(void)
{
    int64_t latest = wall_ns() + OPENING_SECONDS * NS;
    unsigned next = 0;
    while (ticking + account.disconnected < account.watchers) {
        while (next < account.watchers && opening < WINDOW)
            open_one(&watchers[next++]);
        poll_once(wall_ns() + NS / 10);
        if (wall_ns() > latest)
            die("only %u of %u were told that they watch", ticking, account.watchers);
    }
}

static void read_options(int argc, char **argv)
{
    int o;
    while ((o = getopt(argc, argv, "c:d:p:g:l:s:r:P:")) >= 0) {
        switch (o) {
        case 'c': account.watchers = number(optarg, 1, 1000000); break;
        case 'd': account.seconds = number(optarg, 1, 3600); break;     /* that are counted */
        case 'p': account.places = number(optarg, 1, MOST_PLACES); break;
        case 'g': greeting = number(optarg, 1, 1000); break;    /* its lines */
        case 'l': late = number(optarg, 0, 60); break;  /* seconds, after which a tick is lost */
        case 's': addresses = number(optarg, 1, 65535); break;  /* 127.0.0.1 and up */
        case 'r': request = optarg; break;                      /* with its end of line */
        case 'P':                                               /* whose processor time is told */
            if (npids == MOST_PIDS)
                die("too many -P");
            pids[npids++] = (int)number(optarg, 1, 1u << 30);
            break;
        default: exit(2);
        }
    }
    if (optind != argc - 1 || !request)
        die("usage: watchers -r LINE [-c N] [-d SECONDS] [-p PLACES] [-g LINES] [-l SECONDS] [-s N] [-P PID] PORT");
    port = (uint16_t)number(argv[optind], 1, 65535);
}

static void prepare(void)
{
    struct rlimit files;
    rlim_t needed = account.watchers + 64;
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < needed) {
        files.rlim_cur = needed;
        if (files.rlim_max < needed)
            files.rlim_max = needed;    /* works for root only */
        if (setrlimit(RLIMIT_NOFILE, &files) < 0)
            die("cannot open %lu files", (unsigned long)needed);
    }
    watchers = calloc(account.watchers, sizeof *watchers);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!watchers || epoll < 0 || !account_open(&account))
        die("out of memory");
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    prepare();
    open_all();
    account.from = wall_ns() / NS + 2;
    account.until = account.from + account.seconds;
    puts("watching");
    fflush(stdout);
    look_until(account.from * NS - NS / 2);     /* between two ticks */
    double server = server_cpu(pids, npids), own = own_cpu();
    look_until(account.until * NS - NS / 2);
    server = server_cpu(pids, npids) - server;
    own = own_cpu() - own;
    look_until((account.until + late) * NS);
    for (unsigned i = 0; i < account.watchers; i++)
        account_close(&account, &watchers[i].received);
    return account_print(&account, server, own) ? 0 : 1;
}
