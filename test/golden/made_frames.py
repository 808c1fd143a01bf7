"""Frames put together octet by octet, and what can be wrapped around them. Shares nothing with lacuna
or pcapgen."""

import struct


def mac(n):
    return bytes((2, 0, 0, 0, n >> 8 & 255, n & 255))


def be(value, octets):
    return value.to_bytes(octets, "big")


def ethernet(kind, payload, n=1):
    return mac(n) + mac(n + 1) + be(kind, 2) + payload


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(protocol, payload, src=0xC0000201, dst=0xC0000202):
    head = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0, src, dst)
    return head[:10] + be(checksum(head), 2) + head[12:] + payload


def ipv6(protocol, payload):
    return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + \
        bytes.fromhex("20010db8000000000000000000000001") + \
        bytes.fromhex("20010db8000000000000000000000002") + payload


def udp(src, dst, payload):
    return struct.pack(">HHHH", src, dst, 8 + len(payload), 0) + payload


def over_ip(protocol, payload, rng):
    return ("ip", ipv6(protocol, payload)) if rng.random() < 0.3 else ("ip", ipv4(protocol, payload))


# What can be wrapped: ("ip", a packet that begins with an IP header) or ("eth", an Ethernet frame).
# A wrapper takes one and gives one; None: it cannot carry it.

def as_ethernet(inner):
    kind, octets = inner
    if kind == "eth":
        return octets
    return ethernet(0x86DD if octets[0] >> 4 == 6 else 0x0800, octets)


def ip_type(octets):
    return 0x86DD if octets[0] >> 4 == 6 else 0x0800


def gre(flags, kind, payload):
    head = be(flags, 2) + be(kind, 2)
    if flags & 0x8000:
        head += bytes(4)
    if flags & 0x2000:
        head += be(0x77, 4)
    if flags & 0x1000:
        head += be(9, 4)
    return head + payload


def w_gre(inner, rng):
    if inner[0] != "ip":
        return None
    flags = rng.choice((0, 0x8000, 0x2000, 0x1000, 0xB000))
    return over_ip(47, gre(flags, ip_type(inner[1]), inner[1]), rng), "gre"


def w_gretap(inner, rng):
    return over_ip(47, gre(rng.choice((0, 0x1000)), 0x6558, as_ethernet(inner)), rng), "gretap"


def w_nvgre(inner, rng):
    return over_ip(47, gre(0x2000, 0x6558, as_ethernet(inner)), rng), "nvgre"


def w_erspan1(inner, rng):
    return over_ip(47, gre(0, 0x88BE, as_ethernet(inner)), rng), "erspan"


def w_erspan2(inner, rng):
    return over_ip(47, gre(0x1000, 0x88BE, be(0x10640001, 4) + bytes(4) + as_ethernet(inner)),
                   rng), "erspan"


def w_erspan3(inner, rng):
    last = rng.choice((0, 1))
    head = be(0x20640001, 4) + be(12345, 4) + be(0, 2) + be(0, 1) + be(last, 1)
    return over_ip(47, gre(0x1000, 0x22EB, head + bytes(8 * last) + as_ethernet(inner)),
                   rng), "erspan"


def w_vxlan(inner, rng):
    head = be(0x08000000, 4) + be(rng.randrange(1 << 24) << 8, 4)
    return over_ip(17, udp(rng.randrange(49152, 65536), rng.choice((4789, 8472)),
                           head + as_ethernet(inner)), rng), "vxlan"


def w_gpe(inner, rng):
    if inner[0] == "ip":
        head, payload = be(0x0C000000 | (2 if inner[1][0] >> 4 == 6 else 1), 4), inner[1]
    else:
        head, payload = be(0x0C000003, 4), inner[1]
    return over_ip(17, udp(50000, 4790, head + be(7 << 8, 4) + payload), rng), "vxlan-gpe"


def w_geneve(inner, rng):
    words = rng.choice((0, 2))
    kind, payload = (ip_type(inner[1]), inner[1]) if inner[0] == "ip" else (0x6558, inner[1])
    head = be(words, 1) + bytes(1) + be(kind, 2) + be(5 << 8, 4) + bytes(4 * words)
    return over_ip(17, udp(50000, 6081, head + payload), rng), "geneve"


def w_gtp(inner, rng):
    if inner[0] != "ip":
        return None
    extra = rng.choice((b"", be(1, 2) + b"\0\0", be(1, 2) + b"\0\x85" + b"\1\0\0\0"))
    flags = 0x30 | (0 if not extra else 2 if len(extra) == 4 else 6)
    head = be(flags, 1) + be(255, 1) + be(len(extra) + len(inner[1]), 2) + be(0xABCD, 4)
    return over_ip(17, udp(2152, 2152, head + extra + inner[1]), rng), "gtp-u"


def w_l2tp(inner, rng):
    if inner[0] != "ip":
        return None
    ppp = be(0xFF03, 2) + be(0x57 if inner[1][0] >> 4 == 6 else 0x21, 2) + inner[1]
    return over_ip(17, udp(1701, 1701, be(2, 2) + be(1, 2) + be(2, 2) + ppp), rng), "l2tp"


def w_l2tpv3(inner, rng):
    cookie = rng.choice((b"", bytes(4), bytes(8), bytes(4) + be(0x40000009, 4)))
    return over_ip(115, be(0x1234, 4) + cookie + as_ethernet(inner), rng), "l2tpv3"


def w_pppoe(inner, rng):
    if inner[0] != "ip":
        return None
    ppp = be(0x57 if inner[1][0] >> 4 == 6 else 0x21, 2) + inner[1]
    return ("eth", ethernet(0x8864, be(0x1100, 2) + be(rng.randrange(1, 65536), 2)
                            + be(len(ppp), 2) + ppp)), "pppoe"


def w_tzsp(inner, rng):
    fields = rng.choice((b"", b"\0", b"\x0a\1\x55"))
    return over_ip(17, udp(50000, 37008, be(0x01000001, 4) + fields + b"\1" + as_ethernet(inner)),
                   rng), "tzsp"


def w_etherip(inner, rng):
    return over_ip(97, be(0x3000, 2) + as_ethernet(inner), rng), "etherip"


def w_pseudowire(inner, rng):
    word = rng.choice((b"", bytes(4)))
    labels = be(100 << 12 | 64, 4) + be(200 << 12 | 1 << 8 | 64, 4)
    return ("eth", ethernet(0x8847, labels + word + as_ethernet(inner))), "pseudowire"


def w_pbb(inner, rng):
    return ("eth", ethernet(0x88E7, be(rng.randrange(1 << 24), 4) + as_ethernet(inner))), "pbb"


def w_mpls(inner, rng):
    if inner[0] != "ip":
        return None
    stack = be(rng.randrange(16, 1 << 20) << 12 | 1 << 8 | 64, 4) + inner[1]
    if rng.random() < 0.5:
        return over_ip(137, stack, rng), "mpls"
    return over_ip(17, udp(rng.randrange(49152, 65536), 6635, stack), rng), "mpls"


# Tags change what is inside of nothing.
def w_tag(inner, rng):
    frame = as_ethernet(inner)
    kind, tag = rng.choice((
        (0x8100, be(rng.randrange(4096), 2)), (0x88A8, be(7, 2)), (0xF1C1, bytes(2) + be(77, 2)),
        (0x892F, be(0x1040, 2) + be(77, 2)), (0x8926, be(0x80010002, 4)), (0x893F, bytes(6)),
        (0x8909, be(0x0101, 2) + be(0x00010005, 4))))
    return ("eth", frame[:12] + be(kind, 2) + tag + frame[12:]), None


def w_labels(inner, rng):
    if inner[0] != "ip":
        return None
    return ("eth", ethernet(0x8847, be(rng.randrange(16, 1 << 20) << 12 | 1 << 8 | 64, 4)
                            + inner[1])), None


def w_ip_in_ip(inner, rng):
    if inner[0] != "ip":
        return None
    return ("ip", ipv4(41 if inner[1][0] >> 4 == 6 else 4, inner[1])), None


WRAPPERS = (w_gre, w_gretap, w_nvgre, w_erspan1, w_erspan2, w_erspan3, w_vxlan, w_gpe, w_geneve,
            w_gtp, w_l2tp, w_l2tpv3, w_pppoe, w_tzsp, w_etherip, w_pseudowire, w_pbb, w_mpls, w_tag,
            w_labels, w_ip_in_ip)


def sealed(number, spi):
    """An ESP packet, or a MACsec frame, and its identity."""
    if spi % 2 == 0:
        packet = ipv4(50, be(spi, 4) + be(number, 4) + bytes(32), 0x0A000001, 0x0A000000 | spi)
        address = ".".join(str(b) for b in be(0x0A000000 | spi, 4))
        return ("ip", packet), f"esp-{spi:08x}-{address}"
    sci = mac(spi) + be(1, 2)
    return ("eth", ethernet(0x88E5, be(0x2C, 1) + bytes(1) + be(number, 4) + sci + bytes(48))), \
        f"macsec-{sci.hex()}-0"


class Capture:
    """Frames a millisecond apart."""

    def __init__(self):
        self.frames = []

    def add(self, frame):
        self.frames.append(frame)

    def write(self, path, pause=1000):
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for i, frame in enumerate(self.frames):
                at = i * pause
                file.write(struct.pack("<IIII", 1_700_000_000 + at // 10 ** 6, at % 10 ** 6,
                                       len(frame), len(frame)) + frame)


def with_prp(frame, lan, number):
    body = frame[14:] + bytes(max(0, 46 - len(frame) + 14))
    return frame[:14] + body + be(number, 2) + be(lan << 12 | len(body) + 6, 2) + be(0x88FB, 2)
