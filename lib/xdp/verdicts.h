/* What the steering program decides about a frame, and by which table: shared by the kernel side
 * and the user side. Plain C, no header of either world. */
#ifndef LACUNA_XDP_VERDICTS_H
#define LACUNA_XDP_VERDICTS_H

/* Names by which a program and its maps are known to be lacuna's. At most 15 characters. */
#define STEER_PROGRAM lacuna_steer
#define STEER_VERDICTS lacuna_verdicts

/* Every frame ends in exactly one of these; index of the per-CPU counters. */
enum steer_verdict {
    STEER_MACSEC,    /* redirected: EtherType 0x88E5 */
    STEER_ESP,       /* redirected: IP protocol 50, fragments included */
    STEER_AH,        /* redirected: IP protocol 51, fragments included */
    STEER_NATT,      /* redirected: UDP port 4500 on either side */
    STEER_NAMED,     /* redirected: what else the table names, tunnels for example */
    STEER_TAKEN,     /* redirected: anything else, in take-all mode */
    STEER_PASSED,    /* left to the kernel */
    STEER_NO_SOCKET, /* wanted, but no socket listens on this queue: left to the kernel */
    STEER_VERDICTS_COUNT
};

#define STEER_TYPES 32

/* What is redirected by its outermost headers. The user side writes it into the program's object
 * before that is loaded, where the symbol STEER_TABLE lies; the kernel side only reads it. */
struct steer_table {
    unsigned short types[STEER_TYPES]; /* EtherTypes in host order; 0: none */
    unsigned char protocols[256 / 8];  /* IP protocols, a bit each, the lowest first */
    unsigned char ports[65536 / 8];    /* UDP ports on either side, likewise */
};
#define STEER_TABLE lacuna_table

#endif
