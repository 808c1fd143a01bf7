/* What the steering program decides about a frame: shared by the kernel side and the user side.
 * Plain C, no header of either world. */
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
    STEER_TAKEN,     /* redirected: anything else, in take-all mode */
    STEER_PASSED,    /* left to the kernel */
    STEER_NO_SOCKET, /* wanted, but no socket listens on this queue: left to the kernel */
    STEER_VERDICTS_COUNT
};

#endif
