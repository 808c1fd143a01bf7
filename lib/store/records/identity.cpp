#include "store/records/identity.hpp"

namespace lacuna::store {

void put_identity(ByteWriter& w, const wire::SaIdentity& id) {
    w.u8(static_cast<std::uint8_t>(id.key.protocol));
    w.u8(static_cast<std::uint8_t>(id.key.family));
    w.u8(static_cast<std::uint8_t>(id.key.multicast | id.key.spare << 1));
    w.u32(id.key.spi);
    w.raw(id.key.addr, sizeof id.key.addr);
    w.raw(id.src, sizeof id.src);
    w.u8(static_cast<std::uint8_t>(id.key.an | (id.key.tag & wire::kMostCounters) << 2));
}

bool get_identity(ByteReader& r, wire::SaIdentity& id) {
    id = {};
    const std::uint8_t protocol = r.u8();
    const std::uint8_t family = r.u8();
    const std::uint8_t multicast = r.u8();
    id.key.spi = r.u32();
    r.raw(id.key.addr, sizeof id.key.addr);
    r.raw(id.src, sizeof id.src);
    const std::uint8_t an = r.u8();
    if (protocol >= wire::kProtocols || !wire::is_numbered(static_cast<Protocol>(protocol)))
        return false;
    id.key.protocol = static_cast<Protocol>(protocol);
    const bool several = multicast >> 1 == wire::kOneOfSeveral;
    if (multicast > (several ? 5 : 1) || (several ? an < 4 : an > 3)
        || (family > 1 && family != 4 && family != 6))
        return false;
    id.key.family = static_cast<wire::Family>(family);
    id.key.multicast = multicast & 1;
    id.key.an = an & 3;
    if (several) wire::one_of_several(id, an >> 2);
    return r.ok();
}

} // namespace lacuna::store
