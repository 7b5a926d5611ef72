/* Ticks: which came, which did not, and how far each was from its second. */
#ifndef TICKS_H
#define TICKS_H

#include <stdbool.h>
#include <stdint.h>

#define NS 1000000000ll
#define MOST_PLACES 8
#define HEAD 24                 /* of a line, as far as its time of day: "150 2026-11-23T15:04:05" */

/* What one watcher has received. */
struct received {
    int64_t last[MOST_PLACES];  /* the second of a place's last tick */
    unsigned place;             /* whose tick comes next */
    uint64_t counted;           /* ticks in the counted seconds, each once */
};

/* What is counted; from and until are Unix seconds, and INT64_MAX before counting begins. */
struct account {
    unsigned watchers, seconds, places;
    int64_t from, until;
    uint64_t doubled, disordered, disconnected, early, near;
    uint64_t counted, worst_lost;
    uint64_t kept, most;
    uint32_t *away;             /* of each counted tick: microseconds from its second */
    bool stamped;               /* the kernel has told when each came */
};

/* Prepare to count.  False: there is no memory for it. */
bool account_open(struct account *a);

/* A tick's line, of which `head` has the beginning, has arrived at a time of this host's clock. */
void account_tick(struct account *a, struct received *r, const char *head, int64_t arrived_ns);

/* A watcher is done: what is missing of its ticks counts as lost. */
void account_close(struct account *a, const struct received *r);

/* Print the account, and the processors' shares.  True: every tick came exactly once and in order. */
bool account_print(struct account *a, double server_cpu_s, double own_cpu_s);

#endif
