/* The steering program: redirects what its table names to the AF_XDP socket of the queue and leaves
 * everything else to the kernel. With -DTAKE_ALL it redirects whatever comes.
 *
 * It decides by the outermost layers only: up to four VLAN tags, IPv4 with options, IPv6 with up to
 * eight extension headers. Fragments: all fragments of a wanted protocol are redirected, because it
 * stands in each of them; of UDP only the first, since later ones carry no ports. */
#include "xdp/verdicts.h"

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define MAX_TAGS 4
#define MAX_EXTENSIONS 8
#define ETH_MACSEC 0x88E5
#define ETH_QINQ_OLD 0x9100
#define PORT_NATT 4500
#define NEXT_HIP 139   /* RFC 7401 5.1 */
#define NEXT_SHIM6 140 /* RFC 5533 5.1 */

struct {
    __uint(type, BPF_MAP_TYPE_XSKMAP);
    __uint(max_entries, 64);
    __type(key, __u32);
    __type(value, __u32);
} xsks_map SEC(".maps"); /* the name DPDK's driver looks for; key: queue */

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, STEER_VERDICTS_COUNT);
    __type(key, __u32);
    __type(value, __u64);
} STEER_VERDICTS SEC(".maps");

const volatile struct steer_table STEER_TABLE = {}; /* read-only once loaded */

struct cursor {
    const __u8* at;
    const __u8* end;
};

/* `n` octets at the cursor, or null where the frame is shorter. Moves past them. */
static __always_inline const __u8* take(struct cursor* c, __u32 n) {
    const __u8* p = c->at;
    if (p + n > c->end) return 0;
    c->at = p + n;
    return p;
}

static __always_inline __u16 load16(const __u8* p) {
    return (__u16)(p[0] << 8 | p[1]);
}

static __always_inline enum steer_verdict of_protocol(__u8 protocol) {
    if (!(STEER_TABLE.protocols[protocol >> 3] >> (protocol & 7) & 1)) return STEER_PASSED;
    return protocol == IPPROTO_ESP ? STEER_ESP : protocol == IPPROTO_AH ? STEER_AH : STEER_NAMED;
}

static __always_inline int wanted_port(__u16 port) {
    return STEER_TABLE.ports[port >> 3] >> (port & 7) & 1;
}

static __always_inline int wanted_type(__u16 type) {
#pragma unroll
    for (int i = 0; i < STEER_TYPES; ++i)
        if (type != 0 && STEER_TABLE.types[i] == type) return 1;
    return 0;
}

static __always_inline enum steer_verdict udp(struct cursor* c) {
    const __u8* h = take(c, 8);
    if (!h) return STEER_PASSED;
    const __u16 from = load16(h);
    const __u16 to = load16(h + 2);
    if (!wanted_port(from) && !wanted_port(to)) return STEER_PASSED;
    return from == PORT_NATT || to == PORT_NATT ? STEER_NATT : STEER_NAMED;
}

static __always_inline enum steer_verdict ipv4(struct cursor* c) {
    const __u8* h = take(c, 20);
    if (!h) return STEER_PASSED;
    if (h[9] != IPPROTO_UDP) return of_protocol(h[9]);
    if ((load16(h + 6) & 0x1FFF) != 0) return STEER_PASSED; /* a later fragment */
    __u32 options = (h[0] & 0x0F) * 4u;
    if (options < 20) return STEER_PASSED;
    options = (options - 20) & 0x3C; /* at most 40; the mask is for the verifier */
    if (!take(c, options)) return STEER_PASSED;
    return udp(c);
}

static __always_inline int is_extension(__u8 next) {
    return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS
           || next == IPPROTO_MH || next == NEXT_HIP || next == NEXT_SHIM6;
}

static __always_inline enum steer_verdict ipv6(struct cursor* c) {
    const __u8* h = take(c, 40);
    if (!h) return STEER_PASSED;
    __u8 next = h[6];
#pragma unroll
    for (int i = 0; i < MAX_EXTENSIONS; ++i) {
        if (next == IPPROTO_UDP) return udp(c);
        if (next == IPPROTO_FRAGMENT) {
            const __u8* f = take(c, 8);
            if (!f) return STEER_PASSED;
            next = f[0];
            if ((load16(f + 2) & 0xFFF8) != 0) /* a later one: nothing but the protocol is left */
                return of_protocol(next);
        } else if (is_extension(next)) {
            const __u8* e = take(c, 8);
            if (!e) return STEER_PASSED;
            next = e[0];
            if (!take(c, (__u32)e[1] * 8)) return STEER_PASSED;
        } else {
            return of_protocol(next);
        }
    }
    return STEER_PASSED;
}

static __always_inline enum steer_verdict classify(struct cursor* c) {
    if (!take(c, 12)) return STEER_PASSED;
#pragma unroll
    for (int i = 0; i <= MAX_TAGS; ++i) {
        const __u8* t = take(c, 2);
        if (!t) return STEER_PASSED;
        const __u16 type = load16(t);
        if (wanted_type(type)) return type == ETH_MACSEC ? STEER_MACSEC : STEER_NAMED;
        switch (type) {
        case ETH_P_IP:
            return ipv4(c);
        case ETH_P_IPV6:
            return ipv6(c);
        case ETH_P_8021Q:
        case ETH_P_8021AD:
        case ETH_QINQ_OLD:
            if (!take(c, 2)) return STEER_PASSED;
            break;
        default:
            return STEER_PASSED;
        }
    }
    return STEER_PASSED;
}

SEC("xdp")
int STEER_PROGRAM(struct xdp_md* ctx) {
    struct cursor c = {(const __u8*)(long)ctx->data, (const __u8*)(long)ctx->data_end};
    __u32 verdict = classify(&c);
    int action = XDP_PASS;
#ifdef TAKE_ALL
    if (verdict == STEER_PASSED) verdict = STEER_TAKEN;
#endif
    if (verdict != STEER_PASSED) {
        action = (int)bpf_redirect_map(&xsks_map, ctx->rx_queue_index, XDP_PASS);
        if (action != XDP_REDIRECT) verdict = STEER_NO_SOCKET;
    }
    /* The one way out: every frame is counted once. */
    __u64* count = bpf_map_lookup_elem(&STEER_VERDICTS, &verdict);
    if (count) ++*count;
    return action;
}

char _license[] SEC("license") = "Dual BSD/GPL";
