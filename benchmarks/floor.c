/*
 * floor - what the kernel alone costs: an epoll server that answers every line with the same words.
 *
 * Standard input holds its greeting and, as the last line, its answer; the port that it has found is printed.
 * It is the bare LineReceiver of bare.py in C: what is below it, no server in Python can reach.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define MOST_EVENTS 1024
#define MOST_WORDS 65536
#define MOST_READ 65536
#define REPEATS 2048            /* of the answer that one write can give */

/* What a connection is still owed of the endless text "answer answer answer ...". */
struct owed {
    uint64_t octets;
    size_t at;                  /* how far into an answer the last write came */
};

static char words[MOST_WORDS], *answers;
static size_t greeting_len, answer_len, answers_len;
static struct owed *owed;       /* by descriptor */
static int epoll;

static void die(const char *what)
{
    perror(what);
    exit(2);
}

/* Read the greeting and the answer, and lay many answers one after another. */
static void read_words(void)
{
    size_t n = fread(words, 1, sizeof words, stdin);
    if (!n || words[n - 1] != '\n') {
        fputs("floor: no greeting and answer on standard input\n", stderr);
        exit(2);
    }
    greeting_len = n - 1;
    while (greeting_len && words[greeting_len - 1] != '\n')
        greeting_len--;
    answer_len = n - greeting_len;
    answers_len = answer_len * REPEATS;
    answers = malloc(answers_len);
    if (!answers)
        die("malloc");
    for (size_t i = 0; i < REPEATS; i++)
        memcpy(answers + i * answer_len, words + greeting_len, answer_len);
}

static void watch(int fd, int how, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.fd = fd };
    if (epoll_ctl(epoll, how, fd, &event) < 0)
        die("epoll_ctl");
}

/* Send what is owed, as far as the socket takes it.  False: the connection failed. */
static bool pay(int fd)
{
    struct owed *o = &owed[fd];
    while (o->octets) {
        size_t most = answers_len - o->at;
        ssize_t n = send(fd, answers + o->at, o->octets < most ? o->octets : most, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        o->octets -= (uint64_t)n;
        o->at = (o->at + (size_t)n) % answer_len;
    }
    return true;
}

/* Take lines and answer them.  False: the connection is over. */
static bool hear(int fd)
{
    static char in[MOST_READ];
    ssize_t n = recv(fd, in, sizeof in, 0);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    for (const char *p = in; (p = memchr(p, '\n', (size_t)(in + n - p))); p++)
        owed[fd].octets += answer_len;
    return pay(fd);
}

/* Who is owed something is not listened to until it is paid. */
static void serve(int fd, uint32_t events)
{
    bool paying = events & EPOLLOUT;
    if (!(paying ? pay(fd) : hear(fd))) {
        close(fd);
        return;
    }
    bool in_debt = owed[fd].octets > 0;
    if (in_debt != paying)
        watch(fd, EPOLL_CTL_MOD, in_debt ? EPOLLOUT : EPOLLIN);
}

static void greet(int listener)
{
    int one = 1, fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        owed[fd] = (struct owed){ 0, 0 };
        if (send(fd, words, greeting_len, MSG_NOSIGNAL) == (ssize_t)greeting_len)
            watch(fd, EPOLL_CTL_ADD, EPOLLIN);
        else
            close(fd);
    }
}

/* Listen on a free port of 127.0.0.1, and print it. */
static int listening(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) < 0)
        die("listen");
    printf("listening on 127.0.0.1:%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

int main(void)
{
    struct rlimit files;
    struct epoll_event events[MOST_EVENTS];

    read_words();
    getrlimit(RLIMIT_NOFILE, &files);
    owed = calloc(files.rlim_cur, sizeof *owed);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!owed || epoll < 0)
        die("epoll");
    int listener = listening();
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        int n = epoll_wait(epoll, events, MOST_EVENTS, -1);
        if (n < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener)
                greet(listener);
            else
                serve(events[i].data.fd, events[i].events);
        }
    }
}
