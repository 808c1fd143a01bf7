// Which rows the id of a secure association stands for.
#include "store/read/reader_impl.hpp"
#include "store/records/identity.hpp"
#include "wire/text/sa_text.hpp"

namespace lacuna::store {
namespace {

/// What the keys of the further counters of an identity begin with: up to its destination or SCI.
std::string further_prefix(RunId run, wire::SaIdentity plain) {
    constexpr std::size_t kAddress = 7; // protocol, family, flags and SPI stand before it
    plain.key.spare = wire::kOneOfSeveral;
    std::string identity;
    ByteWriter w(identity);
    put_identity(w, plain);
    const std::size_t address = plain.key.family == wire::Family::ipv6   ? 16
                                : plain.key.family == wire::Family::ipv4 ? 4
                                                                         : 8;
    return run_key(run) + identity.substr(0, kAddress + address);
}

} // namespace

Result<std::vector<wire::SaIdentity>> StoreReader::named(RunId run,
                                                         const wire::SaIdentity& name) const {
    wire::SaIdentity plain = wire::identity_of(name);
    plain.key.spare = 0;
    std::vector<wire::SaIdentity> found;
    if (name.key.spare == wire::kOneOfSeveral) {
        const std::string text = wire::sa_text(name);
        const auto note = [&](const flow::SaSummary& s) {
            if (s.id == name || wire::sa_text(s.source) == text) found.push_back(s.id);
            return found.empty();
        };
        for (const wire::SaIdentity* id : {&name, static_cast<const wire::SaIdentity*>(&plain)}) {
            if (!found.empty()) break;
            if (Status s = each_summary(run, id, note); !s) return s.error();
        }
        if (found.empty()) found.push_back(name);
        return found;
    }
    found.push_back(plain);
    const Status s = impl_->each<flow::SaSummary>(
        {kFlows, "an SA", further_prefix(run, plain)}, decode_summary,
        [&](const flow::SaSummary& row) {
            if (row.id.key.an == plain.key.an && !(row.id == found.back())) found.push_back(row.id);
            return true;
        },
        nullptr);
    if (!s) return s.error();
    return found;
}

} // namespace lacuna::store
