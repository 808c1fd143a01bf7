#include "wire/decode_frame.hpp"

#include "wire/layer/dispatch.hpp"
#include "wire/layer/link/prp.hpp"

namespace lacuna::wire {

std::size_t decode_frame(const Frame& frame, const HashKey& key, Observation* out,
                         FrameCounts& counts, Decoding how) {
    ++counts.offered;
    counts.bytes += frame.wirelen;

    Context ctx(frame, key, out, counts, how);
    if (ctx.wants(Protocol::prp)) [[unlikely]]
        prp_trailer(ctx, frame);
    Cursor at(frame.data, frame.caplen);
    Step next = by_link(ctx, at, frame.link);
    // Every layer steps over octets before it names another, so the frame's length bounds this.
    while (next.kind != Step::Kind::done) {
        next = next.kind == Step::Kind::ethertype
                   ? by_ethertype(ctx, at, next.type)
                   : by_ip_protocol(ctx, at, static_cast<std::uint8_t>(next.type));
    }
    return ctx.finish();
}

} // namespace lacuna::wire
